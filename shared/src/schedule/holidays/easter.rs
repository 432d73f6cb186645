//! The date of Easter.

use chrono::NaiveDate;

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876, Meeus, *Astronomical Algorithms*, chapter 8).
#[must_use]
pub fn easter(year: i32) -> Option<NaiveDate> {
    let (century, of_century) = (year.div_euclid(100), year.rem_euclid(100));
    let golden = year.rem_euclid(19);
    let moon_drift = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let epact = (19 * golden + century - century.div_euclid(4) - moon_drift + 15).rem_euclid(30);
    let to_sunday = (32 + 2 * century.rem_euclid(4) + 2 * (of_century / 4) - epact - of_century % 4).rem_euclid(7);
    let late = (golden + 11 * epact + 22 * to_sunday).div_euclid(451);
    let of_march = epact + to_sunday - 7 * late + 114;
    NaiveDate::from_ymd_opt(year, (of_march / 31).unsigned_abs(), (of_march % 31 + 1).unsigned_abs())
}
