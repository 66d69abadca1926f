import { Cron } from 'croner';
import { describe, expect, test } from 'vitest';
import { readTerraform } from './testing/read-terraform.ts';

const terraform = await readTerraform();
const { schedule, time_zone } = terraform.resource('google_cloud_scheduler_job.weekdays');
const cron = new Cron(String(schedule), { timezone: String(time_zone) });

const timeInToronto = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Toronto',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

function firesAfter(start: string, count: number): readonly string[] {
  return cron.nextRuns(count, new Date(start)).map((date) => date.toISOString());
}

describe('the schedule', () => {
  test('I01 fires at 6:00 in Toronto on both sides of the change to summer time, March 14, 2027', () => {
    expect(firesAfter('2027-03-11T00:00:00Z', 4)).toEqual([
      '2027-03-11T11:00:00.000Z',
      '2027-03-12T11:00:00.000Z',
      '2027-03-15T10:00:00.000Z',
      '2027-03-16T10:00:00.000Z',
    ]);
  });

  test('I01 fires at 6:00 in Toronto on both sides of the change to standard time, November 7, 2027', () => {
    expect(firesAfter('2027-11-04T00:00:00Z', 4)).toEqual([
      '2027-11-04T10:00:00.000Z',
      '2027-11-05T10:00:00.000Z',
      '2027-11-08T11:00:00.000Z',
      '2027-11-09T11:00:00.000Z',
    ]);
  });

  test('I01 fires on each of the 261 weekdays of 2027, at 6:00 in Toronto, and at no other time', () => {
    const fires = cron.nextRuns(400, new Date('2027-01-01T00:00:00-05:00'));
    const in2027 = fires.filter((date) => date < new Date('2028-01-01T00:00:00-05:00'));
    expect(in2027).toHaveLength(261);
    const times = new Set(in2027.map((date) => timeInToronto.format(date)));
    expect([...times].sort()).toEqual([
      'Fri 06:00',
      'Mon 06:00',
      'Thu 06:00',
      'Tue 06:00',
      'Wed 06:00',
    ]);
  });
});
