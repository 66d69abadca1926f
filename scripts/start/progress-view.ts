import cliProgress from 'cli-progress';
import type { Progress } from './run-sync.ts';

export interface ProgressView {
  /** Bytes of the feed object stored so far. */
  showBytes(bytes: number): void;
  show(progress: Progress): void;
  stop(): void;
}

type Terminal = NodeJS.WriteStream;

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/**
 * Shows a bar on a terminal; elsewhere a line after the download and after every tenth of the
 * chunks.
 */
export function createProgressView(stream: Terminal): ProgressView {
  return stream.isTTY ? createBar(stream) : createLines(stream);
}

function createBar(stream: Terminal): ProgressView {
  const bar = new cliProgress.SingleBar({
    stream,
    format: '  {bar} {phase} {detail}',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    barCompleteChar: '█',
    barIncompleteChar: '░',
  });
  const startedAt = { ingest: 0 };
  return {
    showBytes(bytes) {
      const payload = { phase: 'download', detail: megabytes(bytes) };
      if (bar.isActive) bar.update(0, payload);
      else bar.start(1, 0, payload);
    },
    show({ chunksDone, chunksTotal, recordsDone, step }) {
      if (chunksTotal === 0) return;
      startedAt.ingest ||= performance.now();
      const seconds = (performance.now() - startedAt.ingest) / 1000;
      const rate = seconds > 0 ? Math.round(recordsDone / seconds).toLocaleString('en') : '0';
      bar.setTotal(chunksTotal);
      bar.update(chunksDone, {
        phase: chunksDone === chunksTotal ? step : 'ingest',
        detail: `chunk ${chunksDone} of ${chunksTotal}, ${rate} records/s`,
      });
    },
    stop: () => bar.stop(),
  };
}

function createLines(stream: Terminal): ProgressView {
  const said = { bytes: 0, tenth: -1 };
  return {
    showBytes(bytes) {
      said.bytes = bytes;
    },
    show({ chunksDone, chunksTotal, recordsDone, recordsTotal }) {
      if (chunksTotal === 0) return;
      if (said.tenth < 0) {
        stream.write(`  downloaded ${megabytes(said.bytes)}, ${recordsTotal} records\n`);
      }
      const tenth = Math.floor((10 * chunksDone) / chunksTotal);
      if (tenth > said.tenth && chunksDone > 0) {
        stream.write(`  ingested ${chunksDone} of ${chunksTotal} chunks, ${recordsDone} records\n`);
      }
      said.tenth = Math.max(said.tenth, tenth);
    },
    stop() {},
  };
}
