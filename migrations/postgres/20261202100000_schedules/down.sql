DROP TABLE maintenances;
DROP TABLE calendar_days;
DROP TABLE calendars;
DROP TABLE schedule_runs;
DROP TABLE schedules;
