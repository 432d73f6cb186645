DROP TABLE holiday_checks;
DROP TABLE calendar_imports;
