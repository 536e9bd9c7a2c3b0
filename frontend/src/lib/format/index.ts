export { integer, parseScaled, percent, points, scaled, share } from './number';
export { date, dateTime, defaultZone, fromMicros, longDate, parseDateTime, time, timeOfSecond } from './date';
export { clockDigits } from './duration';
