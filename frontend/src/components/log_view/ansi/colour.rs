//! The sixteen colours of a terminal, and which of them any other is most like. The style draws each so that it can be read
//! in both themes; a robot's exact shade is of no use in a log.

/// Below this distance between the channels a colour is a grey.
const GREY: u8 = 48;
/// From here on a colour is one of the bright ones.
const BRIGHT: u8 = 240;

/// Of the palette of 256: the sixteen, a cube of 6 × 6 × 6, and 24 greys.
pub(super) fn of_256(index: u8) -> u8 {
    match index {
        0..16 => index,
        16..232 => {
            let place = index - 16;
            nearest(level(place / 36), level(place / 6 % 6), level(place % 6))
        }
        232.. => {
            let grey = 8 + 10 * (index - 232);
            nearest(grey, grey, grey)
        }
    }
}

fn level(step: u8) -> u8 {
    if step == 0 { 0 } else { 55 + 40 * step }
}

/// By hue, not by distance: a pale red is nearest to grey, but was meant to be red.
pub(super) fn nearest(red: u8, green: u8, blue: u8) -> u8 {
    let (least, most) = (red.min(green).min(blue), red.max(green).max(blue));
    let spread = most - least;
    if spread < GREY {
        return match most {
            0..64 => 0,
            64..160 => 8,
            160..BRIGHT => 7,
            BRIGHT.. => 15,
        };
    }
    let middle = least + spread / 2;
    let bit = |channel: u8, value: u8| if channel > middle { value } else { 0 };
    bit(red, 1) + bit(green, 2) + bit(blue, 4) + if most >= BRIGHT { 8 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As xterm has them.
    const SIXTEEN: [[u8; 3]; 16] = [
        [0, 0, 0],
        [205, 0, 0],
        [0, 205, 0],
        [205, 205, 0],
        [0, 0, 238],
        [205, 0, 205],
        [0, 205, 205],
        [229, 229, 229],
        [127, 127, 127],
        [255, 0, 0],
        [0, 255, 0],
        [255, 255, 0],
        [92, 92, 255],
        [255, 0, 255],
        [0, 255, 255],
        [255, 255, 255],
    ];

    #[test]
    fn the_sixteen_are_themselves() {
        for (index, [red, green, blue]) in (0..).zip(SIXTEEN) {
            assert_eq!(nearest(red, green, blue), index);
            assert_eq!(of_256(index), index);
        }
    }

    #[test]
    fn others_go_to_what_they_are_most_like() {
        assert_eq!(of_256(196), 9, "the cube's red");
        assert_eq!(of_256(46), 10, "its green");
        assert_eq!(of_256(16), 0);
        assert_eq!(of_256(231), 15);
        assert_eq!(of_256(244), 8, "a grey");
        assert_eq!(of_256(255), 7);
        assert_eq!(nearest(250, 128, 114), 9, "salmon");
        assert_eq!(nearest(139, 0, 0), 1, "a dark red");
    }

    #[test]
    fn every_colour_is_one_of_the_sixteen() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    assert!(nearest(red, green, blue) < 16);
                }
            }
        }
        for index in 0..=255 {
            assert!(of_256(index) < 16);
        }
    }
}
