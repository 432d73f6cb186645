//! `<Icon name=IconName::Home/>`: one set, 24-unit strokes, coloured by the text around it. Always decorative: the word
//! beside it (or the button's label) says what it means.

use leptos::prelude::*;

macro_rules! icons {
    ($($name:ident = $paths:literal),+ $(,)?) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum IconName { $($name),+ }

        impl IconName {
            #[cfg(debug_assertions)]
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            fn paths(self) -> &'static str {
                match self { $(Self::$name => $paths),+ }
            }
        }
    };
}

icons! {
    Home = r#"<path d="M3 10.5 12 3l9 7.5V20a1 1 0 0 1-1 1h-5v-6H9v6H4a1 1 0 0 1-1-1z"/>"#,
    Month = r#"<rect x="3" y="4" width="18" height="17" rx="2"/><path d="M3 9h18M8 2v4M16 2v4"/>"#,
    Review = r#"<path d="M14 3H6a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V9zM14 3v6h6M9 15l2 2 4-4"/>"#,
    Process = r#"<path d="M4 6h16M4 12h16M4 18h10"/>"#,
    Robot = r#"<path d="M12 8V4.500M9 12.500v2M15 12.500v2M2 12v4M22 12v4"/><rect x="4.500" y="8" width="15" height="11.500" rx="2.500"/><circle cx="12" cy="3.500" r="1"/>"#,
    Monitor = r#"<path d="M2.5 12h4l3-8 5 16 3-8h4"/>"#,
    Operator = r#"<path d="M5 21V8M12 21V3M19 21v-9"/><path d="M3 21h18"/>"#,
    Client = r#"<path d="M4 21V5a2 2 0 0 1 2-2h8a2 2 0 0 1 2 2v16M16 9h2a2 2 0 0 1 2 2v10M2 21h20M8 7h4M8 11h4M8 15h4"/>"#,
    Users = r#"<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 4.8a3.5 3.5 0 0 1 0 6.4M18 14.2a6.5 6.5 0 0 1 3.5 5.8"/>"#,
    Token = r#"<circle cx="8" cy="15" r="4.5"/><path d="m11.5 11.5 8-8M16 7l3 3M13.5 9.5l2 2"/>"#,
    Webhook = r#"<circle cx="12" cy="5.5" r="2.5"/><circle cx="5.5" cy="18" r="2.5"/><circle cx="18.5" cy="18" r="2.5"/><path d="M10.8 7.7 6.7 15.8M8 18h8M13.2 7.7l4.1 8.1"/>"#,
    Mail = r#"<rect x="3" y="5" width="18" height="14" rx="2"/><path d="m3.5 7.5 8.5 6 8.5-6"/>"#,
    Backup = r#"<ellipse cx="12" cy="5.500" rx="8" ry="2.500"/><path d="M4 5.500v13c0 1.400 3.600 2.500 8 2.500s8-1.100 8-2.500v-13M4 12c0 1.400 3.600 2.500 8 2.500s8-1.100 8-2.500"/>"#,
    Connection = r#"<path d="M9 3v5M15 3v5M6.500 8h11v3.500a5.500 5.500 0 0 1-11 0zM12 17v4"/>"#,
    Audit = r#"<path d="M12 3 4 6v6c0 4.5 3.2 7.6 8 9 4.8-1.4 8-4.5 8-9V6zM9 12l2 2 4-4"/>"#,
    Settings = r#"<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>"#,
    Maintenance = r#"<path d="M20.500 5.500 17 9l-2.500-.500L14 6l3.500-3.500a5.500 5.500 0 0 0-7 7l-6.800 6.800a2.500 2.500 0 0 0 4 3.500l6.300-6.300a5.500 5.500 0 0 0 6.500-8z"/>"#,
    Find = r#"<circle cx="11" cy="11" r="6.5"/><path d="m20 20-4-4"/>"#,
    Check = r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#,
    Done = r#"<circle cx="12" cy="12" r="9"/><path d="m8 12.5 2.7 2.7L16 9.7"/>"#,
    Failed = r#"<circle cx="12" cy="12" r="9"/><path d="m9 9 6 6M15 9l-6 6"/>"#,
    Needs = r#"<path d="M12 4 2.5 20h19zM12 10v4M12 17.2v.1"/>"#,
    Waiting = r#"<circle cx="12" cy="12" r="9" stroke-dasharray="3 3.2"/>"#,
    Running = r#"<path d="M12 3a9 9 0 1 1-9 9"/>"#,
    Cancelled = r#"<circle cx="12" cy="12" r="9"/><path d="m5.8 5.8 12.4 12.4"/>"#,
    Close = r#"<path d="m6 6 12 12M18 6 6 18"/>"#,
    Plus = r#"<path d="M12 5v14M5 12h14"/>"#,
    Minus = r#"<path d="M5 12h14"/>"#,
    More = r#"<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="2.6"/>"#,
    Edit = r#"<path d="M4 20h4L19 9l-4-4L4 16zM13 7l4 4"/>"#,
    Trash = r#"<path d="M4 7h16M9 7V4h6v3M6 7l1 14h10l1-14M10 11v6M14 11v6"/>"#,
    Copy = r#"<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3"/>"#,
    Download = r#"<path d="M12 4v12M7 11l5 5 5-5M4 20h16"/>"#,
    Upload = r#"<path d="M12 20V8M7 13l5-5 5 5M4 4h16"/>"#,
    Send = r#"<path d="M21 4 3 11l7 3 3 7z"/>"#,
    Play = r#"<path d="M7 4.5v15l12-7.5z"/>"#,
    Pause = r#"<path d="M8 5v14M16 5v14"/>"#,
    Retry = r#"<path d="M20 11a8 8 0 1 0-2.3 6.2M20 4v7h-7"/>"#,
    File = r#"<path d="M14 3H6a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V9zM14 3v6h6"/>"#,
    Link = r#"<path d="M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1"/>"#,
    Left = r#"<path d="m14.5 6-6 6 6 6"/>"#,
    Right = r#"<path d="m9.5 6 6 6-6 6"/>"#,
    Up = r#"<path d="m6 14.5 6-6 6 6"/>"#,
    Down = r#"<path d="m6 9.5 6 6 6-6"/>"#,
    Columns = r#"<rect x="3" y="4" width="18" height="16" rx="2"/><path d="M9 4v16M15 4v16"/>"#,
    Inbox = r#"<path d="M3 13h5l1.5 3h5L16 13h5M5 5h14l2 8v5a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-5z"/>"#,
    Show = r#"<path d="M2 12s3.5-6.5 10-6.5S22 12 22 12s-3.5 6.5-10 6.5S2 12 2 12z"/><circle cx="12" cy="12" r="2.8"/>"#,
    Hide = r#"<path d="M4 4l16 16M9.5 5.9A9.9 9.9 0 0 1 12 5.5C18.500 5.500 22 12 22 12a17 17 0 0 1-3 3.700M6 7.500A16.500 16.500 0 0 0 2 12s3.500 6.500 10 6.500a9.600 9.600 0 0 0 4-.850"/>"#,
    Appearance = r#"<circle cx="12" cy="12" r="9"/><path d="M12 3v18a9 9 0 0 0 0-18z" fill="currentColor"/>"#,
    Language = r#"<circle cx="12" cy="12" r="9"/><path d="M3 12h18M12 3c5 5 5 13 0 18M12 3c-5 5-5 13 0 18"/>"#,
    Keyboard = r#"<rect x="2.500" y="6" width="19" height="12" rx="2"/><path d="M7 10h.01M11 10h.01M15 10h.01M17.500 10h.01M8 14h8"/>"#,
    SignOut = r#"<path d="M14 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h8M17 8l4 4-4 4M21 12H10"/>"#,
    Rail = r#"<rect x="3" y="4" width="18" height="16" rx="2"/><path d="M9 4v16"/>"#,
    Info = r#"<circle cx="12" cy="12" r="9"/><path d="M12 11v5M12 8v.1"/>"#,
    Wrap = r#"<path d="M3 6h18M3 12h14.500a3 3 0 0 1 0 6H13M3 18h5"/><path d="m15.500 15.500-2.500 2.500 2.500 2.500"/>"#,
    Schedule = r#"<path d="M20.400 9A9 9 0 1 0 21 12M21 3.500V9h-5.500M12 7.500V12l3 2"/>"#,
    Calendar = r#"<rect x="3" y="4" width="18" height="17" rx="2"/><path d="M3 9h18M8 2v4M16 2v4M8 13h.01M12 13h.01M16 13h.01M8 17h.01M12 17h.01"/>"#,
    Clock = r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>"#,
}

#[component]
pub fn Icon(
    name: IconName,
    /// Turns, unless the person asked for less motion.
    #[prop(optional)]
    spin: bool,
) -> impl IntoView {
    view! {
        <svg class="icon" class:spin=spin viewBox="0 0 24 24" aria-hidden="true" focusable="false" inner_html=name.paths()></svg>
    }
}
