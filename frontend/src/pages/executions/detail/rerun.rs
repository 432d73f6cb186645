//! Another run with other parameters: JSON, checked as one types.

use esteira_shared::{
    dto::executions::{ExecutionRerun, FIXED_PARAMETROS, PARAMETROS_BYTES},
    status::Tone,
    validate::Validate,
};
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{
    super::{refused, words},
    commands::ExecutionCommands,
};
use crate::{
    components::{Button, Dialog, Field, IconName, Kind, Notice, TextArea},
    i18n::tr,
};

type Parametros = Map<String, Value>;

#[component]
pub(super) fn RerunDialog(commands: ExecutionCommands) -> impl IntoView {
    let text = RwSignal::new(String::new());
    Effect::new(move |_| {
        if commands.writing.get() {
            let before = commands
                .query
                .data
                .with_untracked(|detail| detail.as_ref().map(|detail| detail.parametros.clone()));
            text.set(written(before.unwrap_or_default()));
            commands.change.clear();
        }
    });
    let parsed = Memo::new(move |_| text.with(|text| read(text)));
    let refused_by_server = commands.change.field("parametros");
    let error = Signal::derive(move || {
        parsed
            .with(|parsed| parsed.as_ref().err().cloned())
            .or_else(|| refused_by_server.get())
    });
    let doubt = Memo::new(move |_| {
        commands.query.data.with(|detail| {
            let unknown = detail.as_ref().filter(|detail| detail.execution.outcome_unknown);
            unknown.map(|detail| words::doubt(detail.execution.tipo))
        })
    });
    let wrong = Signal::derive(move || parsed.with(Result::is_err));
    let submit = move || {
        if let Ok(parametros) = parsed.get_untracked() {
            commands.rerun_with(parametros);
        }
    };
    let actions = move || {
        view! {
            <Button on_click=move |()| commands.writing.set(false)>{tr!(parts.cancel)}</Button>
            <Button kind=Kind::Primary icon=IconName::Retry busy=commands.change.busy disabled=wrong on_click=move |()| submit()>{tr!(executions.rerun)}</Button>
        }
    };
    view! {
        <Dialog open=commands.writing title=tr!(executions.parameters_title) wide=true actions>
            {move || commands.change.error.get().filter(|error| error.fields.is_empty()).map(refused)}
            {move || doubt.get().map(|text| view! { <Notice tone=Tone::NeedsYou title=tr!(executions.doubt_title) text/> })}
            <p class="small muted">{tr!(executions.parameters_text)}</p>
            <Field label=tr!(executions.parameters_label) optional=true hint=tr!(executions.parameters_hint) error>
                <TextArea value=text mono=true rows=14 autofocus=true/>
            </Field>
        </Dialog>
    }
    .into_any()
}

/// As one would go on writing.
fn written(before: Parametros) -> String {
    if before.is_empty() {
        "{\n  \n}".to_owned()
    } else {
        words::pretty(&Value::Object(before))
    }
}

/// The parameters, or what is wrong with the text. No text at all means no parameters.
fn read(text: &str) -> Result<Parametros, String> {
    if text.trim().is_empty() {
        return Ok(Map::new());
    }
    let value: Value = serde_json::from_str(text)
        .map_err(|error| tr!(executions.not_json, line = error.line(), column = error.column()))?;
    let Value::Object(parametros) = value else {
        return Err(tr!(executions.not_an_object).to_owned());
    };
    if let Some(name) = FIXED_PARAMETROS.iter().find(|name| parametros.contains_key(**name)) {
        return Err(tr!(executions.fixed_parameter, name = *name));
    }
    let rerun = ExecutionRerun {
        parametros: Some(parametros.clone()),
    };
    match rerun.validate() {
        Ok(()) => Ok(parametros),
        Err(_) => Err(tr!(executions.parameters_too_long, limit = PARAMETROS_BYTES / 1_024)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        for before in ["{}", r#"{"tentativas": 2, "portal": {"idioma": "pt"}}"#] {
            let parametros = read(before);
            assert!(parametros.is_ok(), "{before}");
            assert_eq!(read(&written(parametros.clone().unwrap_or_default())), parametros);
        }
        assert_eq!(read("  "), Ok(Map::new()));
    }

    #[test]
    fn each_mistake_is_told_apart() {
        let wrong = ["{\n  \"a\": ,\n}", "[1]", r#"{"senha": "x"}"#];
        let mut said: Vec<String> = wrong.iter().filter_map(|text| read(text).err()).collect();
        assert_eq!(said.len(), wrong.len());
        said.dedup();
        assert_eq!(said.len(), wrong.len());
        let long = format!(r#"{{"a": "{}"}}"#, "x".repeat(PARAMETROS_BYTES));
        assert!(read(&long).is_err());
    }
}
