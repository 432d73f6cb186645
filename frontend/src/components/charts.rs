//! Small charts, drawn by hand as SVG. Each says its numbers in words too.
//!
//! `<LineChart title="Fechamento" series=vec![LineSeries::new("outubro", points)] labels=days/>`,

mod trend;

use leptos::{html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, closure::Closure};

use crate::text::format;
pub use trend::{TrendChart, TrendLook, TrendSeries, TrendUnit};

const HEIGHT: f64 = 220.0;
const LEFT: f64 = 40.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 26.0;

/// One line; the first of a chart stands out, the others are what it is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct LineSeries {
    pub name: String,
    pub points: Vec<f64>,
}

impl LineSeries {
    pub fn new(name: impl Into<String>, points: Vec<f64>) -> Self {
        Self {
            name: name.into(),
            points,
        }
    }
}

/// Step between grid lines: 1, 2 or 5 times a power of ten, about four steps.
fn step_for(most: f64) -> f64 {
    let rough = (most / 4.0).max(1.0);
    let power = 10_f64.powf(rough.log10().floor());
    let nice = [1.0, 2.0, 5.0]
        .into_iter()
        .find(|factor| factor * power >= rough)
        .unwrap_or(10.0);
    nice * power
}

#[expect(clippy::cast_precision_loss, reason = "indexes of points on a screen")]
fn at(index: usize, count: usize, width: f64) -> f64 {
    LEFT + (width - LEFT - RIGHT) * index as f64 / (count.max(2) - 1) as f64
}

/// How many labels of `each` units fit.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a small positive number of labels"
)]
fn places(width: f64, each: f64) -> usize {
    ((width - LEFT - RIGHT) / each).max(2.0) as usize
}

/// The width the chart has, in CSS pixels, so that its text keeps its size however wide the card is.
fn use_width(node: NodeRef<html::Div>) -> Signal<f64> {
    let width = RwSignal::new(640.0);
    Effect::new(move |_| {
        let Some(element) = node.get() else { return };
        let watched = element.clone();
        let measure = Closure::<dyn Fn()>::new(move || {
            let now = f64::from(watched.client_width());
            if now > 0.0 && width.try_get_untracked().is_some_and(|old| (old - now).abs() >= 1.0) {
                let _ = width.try_set(now);
            }
        });
        if let Ok(observer) = web_sys::ResizeObserver::new(measure.as_ref().unchecked_ref()) {
            observer.observe(&element);
            let kept = SendWrapper::new((observer, measure));
            on_cleanup(move || kept.0.disconnect());
        }
    });
    width.into()
}

fn height(value: f64, top: f64) -> f64 {
    HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top
}

fn whole(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "counts shown on an axis")]
    format::count(value.round() as i64)
}

fn grid(top: f64, step: f64, width: f64) -> impl IntoView {
    let mut lines = Vec::new();
    let mut value = 0.0;
    while value <= top + step / 2.0 {
        let y = height(value, top);
        lines.push(view! {
            <line class="chart__grid" x1=LEFT x2=width - RIGHT y1=y y2=y></line>
            <text x=LEFT - 8.0 y=y + 4.0 text-anchor="end">{whole(value)}</text>
        });
        value += step;
    }
    lines
}

#[component]
pub fn LineChart(
    #[prop(into)] title: String,
    #[prop(into)] series: Signal<Vec<LineSeries>>,
    /// One word per point along the foot; a few of them are drawn.
    #[prop(into)]
    labels: Signal<Vec<String>>,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let width = use_width(node);
    let said = move || {
        let last = series.with(|series| {
            series
                .iter()
                .filter_map(|one| one.points.last().map(|last| format!("{}: {}", one.name, whole(*last))))
                .collect::<Vec<_>>()
        });
        format!("{title}. {}", last.join("; "))
    };
    let drawing = move || {
        let (series, labels, width) = (series.get(), labels.get(), width.get());
        let count = labels
            .len()
            .max(series.iter().map(|one| one.points.len()).max().unwrap_or(0));
        let most = series
            .iter()
            .flat_map(|one| one.points.iter().copied())
            .fold(1.0, f64::max);
        let step = step_for(most);
        let top = (most / step).ceil() * step;
        let every = labels.len().div_ceil(places(width, 64.0)).max(1);
        let words = labels
            .iter()
            .enumerate()
            .step_by(every)
            .map(|(index, word)| {
                view! { <text x=at(index, count, width) y=HEIGHT - 6.0 text-anchor="middle">{word.clone()}</text> }
            })
            .collect_view();
        // The first is drawn last, on top.
        let lines = series
            .iter()
            .enumerate()
            .rev()
            .map(|(place, one)| line(one, place == 0, count, top, width))
            .collect_view();
        view! { {grid(top, step, width)}{words}{lines} }
    };
    let legend = move || {
        series
            .get()
            .into_iter()
            .enumerate()
            .map(|(place, one)| {
                view! {
                    <span><i class:is-second=place != 0 aria-hidden="true"></i>{one.name}</span>
                }
            })
            .collect_view()
    };
    view! {
        <div class="stack stack--tight" node_ref=node>
            <svg class="chart" viewBox=move || format!("0 0 {} {HEIGHT}", width.get()) role="img" aria-label=said>{drawing}</svg>
            <div class="legend">{legend}</div>
        </div>
    }
    .into_any()
}

fn line(series: &LineSeries, first: bool, count: usize, top: f64, width: f64) -> impl IntoView + use<> {
    let points: Vec<(f64, f64)> = series
        .points
        .iter()
        .enumerate()
        .map(|(index, value)| (at(index, count, width), height(*value, top)))
        .collect();
    let path = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect::<Vec<_>>()
        .join(" ");
    let floor = HEIGHT - BOTTOM;
    let ends = first
        .then(|| points.first().copied().zip(points.last().copied()))
        .flatten();
    let area = ends.map(|(start, end)| format!("{:.1},{floor} {path} {:.1},{floor}", start.0, end.0));
    let last = series
        .points
        .last()
        .copied()
        .filter(|_| first)
        .zip(ends.map(|(_, end)| end));
    view! {
        {area.map(|points| view! { <polygon class="chart__area" points=points></polygon> })}
        <polyline class="chart__line" class:is-first=first class:is-second=!first points=path></polyline>
        {last.map(|(value, (x, y))| view! {
            <circle class="chart__dot" cx=x cy=y r="3.5"></circle>
            <text class="chart__value" x=x - 6.0 y=y - 8.0 text-anchor="end">{whole(value)}</text>
        })}
    }
}
