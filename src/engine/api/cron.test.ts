import { describe, expect, it } from 'vitest';
import { cronScheduleError } from './cron';

// robfig/cron v3 parser_test.go
describe('schedules', () => {
  it.each([
    ['*/15 0-6/2 1,15 jan-MAR mon-fri', undefined],
    ['0 0 ? * SUN', undefined],
    ['5/20 * * * *', undefined],
    ['@daily', undefined],
    ['@every 1h30m', undefined],
    ['0 61 * * *', 'end of range (61) above maximum (23): 61'],
    ['61 * * * *', 'end of range (61) above maximum (59): 61'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['-1 * * * *', 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/1/2 * * * *', 'too many slashes: */1/2'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['@x', 'unrecognized descriptor: @x'],
    ['@every 5', 'failed to parse duration @every 5: time: missing unit in duration "5"'],
    ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
    ['@every 5y', 'failed to parse duration @every 5y: time: unknown unit "y" in duration "5y"'],
  ])('%s', (schedule, error) => expect(cronScheduleError(schedule)).toBe(error));
});
