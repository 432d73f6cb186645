//! Loading, empty, failed, files on their way.

use std::rc::Rc;

use esteira_shared::{error::ErrorCode, status::Tone};
use leptos::prelude::*;

use crate::{
    api::{ApiError, ApiResult, Cause},
    components::{
        AsyncView, Badge, Button, Card, DropZone, EmptyState, ErrorCard, IconName, Kind, Notice, ProgressBar, Refusal,
        Skeleton, Upload, UploadCall,
    },
    hooks::use_query,
};

pub(super) fn sample_error() -> ApiError {
    ApiError {
        status: 500,
        request_id: Some("019a3c7e-6f0b-7c55-9f41-c0ffee000002".to_owned()),
        ..ApiError::refused_here(ErrorCode::Internal, Vec::new())
    }
}

#[component]
pub(super) fn Feedback() -> impl IntoView {
    // Behaves by name, so that every state can be seen: names with "duplicada" and "falha" are refused.
    let upload = UploadCall::new(|upload: Upload| async move {
        for step in 0..=20 {
            gloo_timers::future::TimeoutFuture::new(60).await;
            (Rc::clone(&upload.progress))(f64::from(step) / 20.0);
        }
        answer(&upload)
    });
    let refused = std::sync::Arc::new(|refusal: Refusal| {
        refusal.error.is(ErrorCode::DuplicateDocument).then(|| {
            view! {
                <div class="line">
                    <Button small=true on_click=refusal.accept>"Enviar mesmo assim"</Button>
                    <Button small=true kind=Kind::Ghost on_click=refusal.forget>"Não enviar"</Button>
                </div>
            }
            .into_any()
        })
    });
    view! {
        <section>
            <h2>"ErrorCard, Notice"</h2>
            <div class="grid grid--2">
                <ErrorCard error=sample_error() on_retry=|()| ()/>
                <ErrorCard error=ApiError { cause: Cause::Offline, ..sample_error() }/>
                <Notice tone=Tone::NeedsYou title="26 % acima da média" text="A média dos últimos 3 meses é R$ 1.019,77."/>
                <Notice tone=Tone::Done title="CNPJ no documento confere"/>
                <Notice tone=Tone::Running title="Enviando ao SAT" text="Tentativa 1 de 5."/>
                <Notice title="Nada a fazer agora" text="O robô começa às 02:00."/>
            </div>
        </section>
        <section>
            <h2>"Skeleton, EmptyState, ProgressBar, Badge"</h2>
            <div class="grid grid--3">
                <Card title="Carregando"><Skeleton rows=4/></Card>
                <Card title="Vazio">
                    <EmptyState icon=IconName::Client title="Nenhum cliente ainda" text="Aqui aparecem os clientes da organização. Cadastre o primeiro ou importe uma planilha.">
                        <Button kind=Kind::Primary icon=IconName::Plus>"Cadastrar cliente"</Button>
                    </EmptyState>
                </Card>
                <Card title="Andamento" aside=|| view! { <Badge accent=true>"v2"</Badge> }>
                    <div class="stack">
                        <ProgressBar label="Envio" share=Some(0.42)/>
                        <ProgressBar label="Envio" share=Some(1.0)/>
                        <ProgressBar label="Envio" share=None/>
                    </div>
                </Card>
            </div>
        </section>
        <section>
            <h2>"AsyncView"</h2>
            <div class="grid grid--2">
                <Asynchronous title="Carregando" answer=|| None/>
                <Asynchronous title="Falhou" answer=|| Some(Err(sample_error()))/>
                <Asynchronous title="Vazio" answer=|| Some(Ok(Vec::new()))/>
                <Asynchronous title="Pronto" answer=|| Some(Ok(vec!["VIVO".to_owned(), "CLARO".to_owned()]))/>
            </div>
        </section>
        <section>
            <h2>"DropZone"</h2>
            <div><DropZone upload max_bytes=10_000_000 multiple=true refused/></div>
        </section>
    }
}

/// One state of `AsyncView`; without an answer it loads for ever.
#[component]
fn Asynchronous(#[prop(into)] title: String, answer: fn() -> Option<ApiResult<Vec<String>>>) -> impl IntoView {
    let query = use_query(&[], move || async move {
        match answer() {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    });
    let empty = || view! { <EmptyState title="Nenhuma operadora" text="Cadastre a primeira."/> };
    view! {
        <Card title>
            <AsyncView query empty_when=Vec::is_empty empty let:names>
                <ul>{move || names.get().into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul>
            </AsyncView>
        </Card>
    }
}

fn answer(upload: &Upload) -> ApiResult<()> {
    let name = upload.file.name();
    if name.contains("duplicada") && !upload.accept_duplicate {
        return Err(ApiError::refused_here(ErrorCode::DuplicateDocument, Vec::new()));
    }
    if name.contains("falha") {
        Err(ApiError::refused_here(ErrorCode::DamagedPdf, Vec::new()))
    } else {
        Ok(())
    }
}
