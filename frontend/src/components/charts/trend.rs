//! `<TrendChart title="Duração" series labels unit=TrendUnit::Milliseconds/>`: up to three lines over time, with a gap where
//! nothing was measured; `bars=true` stacks the series instead. The numbers are also there as a table.

use leptos::{html, prelude::*};

use super::{places, step_for, use_width};
use crate::{i18n::tr, text::format};

const HEIGHT: f64 = 148.0;
const LEFT: f64 = 46.0;
const RIGHT: f64 = 6.0;
const TOP: f64 = 8.0;
const BOTTOM: f64 = 22.0;

/// How a series is drawn; lines differ by their dashes too, not by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrendLook {
    Main,
    Dashed,
    Dotted,
    Done,
    Failed,
}

impl TrendLook {
    fn class(self) -> &'static str {
        match self {
            Self::Main => "is-main",
            Self::Dashed => "is-dashed",
            Self::Dotted => "is-dotted",
            Self::Done => "is-done",
            Self::Failed => "is-fail",
        }
    }
}

/// One number per step; `None` where nothing was measured.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendSeries {
    pub name: &'static str,
    pub look: TrendLook,
    pub points: Vec<Option<i64>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrendUnit {
    Count,
    Milliseconds,
}

impl TrendUnit {
    fn exact(self, value: i64) -> String {
        match self {
            Self::Count => format::count(value),
            Self::Milliseconds => format::duration(value),
        }
    }

    /// Short, for the axis.
    #[expect(clippy::cast_possible_truncation, reason = "counts and milliseconds on an axis")]
    fn short(self, value: f64) -> String {
        let one = |value: f64| format::decimal(value, usize::from(value.fract() >= 0.05));
        match self {
            Self::Count => format::count(value.round() as i64),
            Self::Milliseconds if value < 1_000.0 => format!("{} ms", one(value)),
            Self::Milliseconds if value < 60_000.0 => format!("{} s", one(value / 1_000.0)),
            Self::Milliseconds if value < 3_600_000.0 => format!("{} min", one(value / 60_000.0)),
            Self::Milliseconds => format!("{} h", one(value / 3_600_000.0)),
        }
    }
}

/// Where things stand on the drawing.
#[derive(Clone, Copy)]
struct Scale {
    width: f64,
    /// Room of one step.
    slot: f64,
    /// Value at the upper edge.
    top: f64,
}

#[expect(clippy::cast_precision_loss, reason = "counts and milliseconds on a screen")]
impl Scale {
    fn left_of(self, index: usize) -> f64 {
        LEFT + self.slot * index as f64
    }

    fn middle_of(self, index: usize) -> f64 {
        self.left_of(index) + self.slot / 2.0
    }

    fn y(self, value: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / self.top
    }

    fn of(series: &[TrendSeries], count: usize, width: f64, stacked: bool) -> (Self, f64) {
        let value = |one: &TrendSeries, index: usize| one.points.get(index).copied().flatten().unwrap_or(0);
        let tallest = (0..count).map(|index| {
            let values = series.iter().map(|one| value(one, index));
            if stacked {
                values.sum::<i64>()
            } else {
                values.max().unwrap_or(0)
            }
        });
        let most = tallest.max().unwrap_or(0).max(1) as f64;
        let step = step_for(most);
        let scale = Self {
            width,
            slot: (width - LEFT - RIGHT) / count.max(1) as f64,
            top: (most / step).ceil() * step,
        };
        (scale, step)
    }
}

#[component]
pub fn TrendChart(
    #[prop(into)] title: String,
    #[prop(into)] series: Signal<Vec<TrendSeries>>,
    /// One word per step: when it was.
    #[prop(into)]
    labels: Signal<Vec<String>>,
    unit: TrendUnit,
    #[prop(optional)] bars: bool,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let width = use_width(node);
    let name = title.clone();
    let said = move || format!("{name}. {}", series.with(|series| summary(series, unit)));
    let drawing = move || {
        let (series, labels) = (series.get(), labels.get());
        let (scale, step) = Scale::of(&series, labels.len(), width.get(), bars);
        let drawn = if bars {
            stacks(&series, labels.len(), scale).into_any()
        } else {
            series
                .iter()
                .rev()
                .map(|one| lines(one, scale))
                .collect_view()
                .into_any()
        };
        view! { {grid(scale, step, unit)}{foot(&labels, scale)}{drawn}{spots(&series, &labels, scale, unit)} }
    };
    let legend = move || {
        let names = series.with(|series| {
            series
                .iter()
                .map(|one| (one.name, one.look.class()))
                .collect::<Vec<_>>()
        });
        (names.len() > 1).then(|| {
            names
                .into_iter()
                .map(|(name, class)| view! { <span><i class=format!("{class} {}", if bars { "is-bar" } else { "" }) aria-hidden="true"></i>{name}</span> })
                .collect_view()
        })
    };
    view! {
        <div class="trend" node_ref=node>
            <svg class="chart" viewBox=move || format!("0 0 {} {HEIGHT}", width.get()) role="img" aria-label=said>{drawing}</svg>
            <div class="trend__foot">
                <div class="legend trend__legend">{legend}</div>
                <Numbers title series labels unit/>
            </div>
        </div>
    }
    .into_any()
}

/// The newest and the highest number of each series.
fn summary(series: &[TrendSeries], unit: TrendUnit) -> String {
    let one = |one: &TrendSeries| {
        let last = one.points.iter().rev().find_map(|point| *point);
        let most = one.points.iter().filter_map(|point| *point).max();
        match (last, most) {
            (Some(last), Some(most)) => {
                tr!(
                    parts.trend_said,
                    name = one.name,
                    last = unit.exact(last),
                    most = unit.exact(most)
                )
            }
            _ => tr!(parts.trend_nothing, name = one.name),
        }
    };
    series.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn grid(scale: Scale, step: f64, unit: TrendUnit) -> impl IntoView {
    let mut lines = Vec::new();
    let mut value = 0.0;
    while value <= scale.top + step / 2.0 {
        let y = scale.y(value);
        lines.push(view! {
            <line class="chart__grid" x1=LEFT x2=scale.width - RIGHT y1=y y2=y></line>
            <text x=LEFT - 6.0 y=y + 4.0 text-anchor="end">{unit.short(value)}</text>
        });
        value += step;
    }
    lines
}

fn foot(labels: &[String], scale: Scale) -> impl IntoView + use<> {
    let every = labels.len().div_ceil(places(scale.width, 64.0)).max(1);
    let words = labels.iter().enumerate().step_by(every);
    // The last one may not fit in whole.
    let fitting = words.filter(move |(index, _)| scale.middle_of(*index) < scale.width - 20.0);
    fitting
        .map(|(index, word)| view! { <text x=scale.middle_of(index) y=HEIGHT - 6.0 text-anchor="middle">{word.clone()}</text> })
        .collect_view()
}

#[expect(clippy::cast_precision_loss, reason = "counts on a screen")]
fn stacks(series: &[TrendSeries], count: usize, scale: Scale) -> impl IntoView + use<> {
    let gap = if scale.slot > 4.0 { scale.slot * 0.15 } else { 0.0 };
    let mut bars = Vec::new();
    for index in 0..count {
        let mut below = 0;
        for one in series {
            let value = one.points.get(index).copied().flatten().unwrap_or(0);
            if value == 0 {
                continue;
            }
            let (floor, y) = (scale.y(below as f64), scale.y((below + value) as f64));
            below += value;
            let class = format!("trend__bar {}", one.look.class());
            // One failure among thousands must still be seen.
            let tall = (floor - y).max(1.5);
            bars.push(view! { <rect class=class x=scale.left_of(index) + gap y=floor - tall width=scale.slot - 2.0 * gap height=tall></rect> });
        }
    }
    bars
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds on a screen")]
fn lines(series: &TrendSeries, scale: Scale) -> impl IntoView + use<> {
    let places: Vec<Option<(f64, f64)>> = series
        .points
        .iter()
        .enumerate()
        .map(|(index, point)| point.map(|value| (scale.middle_of(index), scale.y(value as f64))))
        .collect();
    let class = series.look.class();
    places
        .split(Option::is_none)
        .map(|run| run.iter().flatten().copied().collect::<Vec<_>>())
        .filter(|run| !run.is_empty())
        .map(|run| match run.as_slice() {
            [(x, y)] => view! { <circle class=format!("trend__dot {class}") cx=*x cy=*y r="2"></circle> }.into_any(),
            run => {
                let path = run
                    .iter()
                    .map(|(x, y)| format!("{x:.1},{y:.1}"))
                    .collect::<Vec<_>>()
                    .join(" ");
                view! { <polyline class=format!("trend__line {class}") points=path></polyline> }.into_any()
            }
        })
        .collect_view()
}

/// What a step holds, on hover.
fn spots(series: &[TrendSeries], labels: &[String], scale: Scale, unit: TrendUnit) -> impl IntoView + use<> {
    let said = |index: usize, label: &str| {
        let values = series.iter().filter_map(|one| {
            let value = one.points.get(index).copied().flatten()?;
            Some(format!("{}: {}", one.name, unit.exact(value)))
        });
        format!("{label} · {}", values.collect::<Vec<_>>().join(" · "))
    };
    labels
        .iter()
        .enumerate()
        .map(|(index, label)| {
            view! {
                <rect class="trend__spot" x=scale.left_of(index) y=TOP width=scale.slot height=HEIGHT - TOP - BOTTOM><title>{said(index, label)}</title></rect>
            }
        })
        .collect_view()
}

/// The same numbers in words, drawn when asked for.
#[component]
fn Numbers(
    title: String,
    series: Signal<Vec<TrendSeries>>,
    labels: Signal<Vec<String>>,
    unit: TrendUnit,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let node = NodeRef::<html::Details>::new();
    let name = StoredValue::new(title);
    let heads = move || {
        let names = series.with(|series| series.iter().map(|one| one.name).collect::<Vec<_>>());
        names
            .into_iter()
            .map(|name| view! { <th scope="col" class="num">{name}</th> })
            .collect_view()
    };
    let rows = move || {
        let (series, labels) = (series.get(), labels.get());
        let row = |(index, label): (usize, String)| {
            let cells = series.iter().map(|one| {
                let value = one.points.get(index).copied().flatten();
                view! { <td class="num">{value.map_or_else(|| "—".to_owned(), |value| unit.exact(value))}</td> }
            });
            view! { <tr><th scope="row">{label}</th>{cells.collect_view()}</tr> }
        };
        // The newest first: that is what one looks for.
        labels.into_iter().enumerate().rev().map(row).collect_view()
    };
    view! {
        <details
            class="trend__numbers"
            node_ref=node
            on:toggle=move |_| open.set(node.get_untracked().is_some_and(|details| details.open()))
        >
            <summary>{tr!(parts.trend_numbers)}</summary>
            <Show when=move || open.get()>
                <div class="trend__table" role="region" tabindex="0" aria-label=name.get_value()>
                    <table>
                        <thead><tr><th scope="col">{tr!(parts.trend_when)}</th>{heads}</tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Show>
        </details>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_axis_uses_the_unit_one_would_say() {
        for (value, words) in [
            (0.0, "0 ms"),
            (500.0, "500 ms"),
            (2_500.0, "2,5 s"),
            (20_000.0, "20 s"),
            (90_000.0, "1,5 min"),
            (7_200_000.0, "2 h"),
        ] {
            assert_eq!(TrendUnit::Milliseconds.short(value), words);
        }
        assert_eq!(TrendUnit::Count.short(1_200.0), "1.200");
    }

    #[test]
    fn stacked_series_share_the_height() {
        let series = |look, points: &[i64]| TrendSeries {
            name: "",
            look,
            points: points.iter().copied().map(Some).collect(),
        };
        let both = [series(TrendLook::Done, &[7, 1]), series(TrendLook::Failed, &[6, 0])];
        assert_eq!(Scale::of(&both, 2, 400.0, true).0.top, 15.0);
        assert_eq!(Scale::of(&both, 2, 400.0, false).0.top, 8.0);
        assert_eq!(
            Scale::of(&[], 0, 400.0, true).0.top,
            1.0,
            "nothing at all still has an axis"
        );
    }
}
