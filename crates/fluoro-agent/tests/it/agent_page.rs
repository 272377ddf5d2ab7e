//! `docs/agent.md` says what the code says.

use std::{fs, path::Path};

use fluoro_agent::config::{SETTINGS, Section, Setting};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/agent.md");
const BEGIN: &str = "<!-- settings -->\n";
const END: &str = "<!-- end of settings -->\n";

/// The settings as the page should have them. With `FLUORO_WRITE_PAGES=1` the page is rewritten.
#[test]
fn the_page_has_every_setting() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page
        .split_once(BEGIN)
        .expect("the page has a place for settings");
    let (_, after) = rest.split_once(END).expect("the place has an end");
    let wanted = format!("{before}{BEGIN}{}{END}{after}", settings());
    if std::env::var_os("FLUORO_WRITE_PAGES").is_some() {
        fs::write(Path::new(PAGE), &wanted).unwrap();
    } else {
        assert_eq!(
            page, wanted,
            "docs/agent.md is stale; FLUORO_WRITE_PAGES=1 rewrites it"
        );
    }
}

fn settings() -> String {
    let mut text = String::new();
    for section in Section::ALL {
        text.push_str(&format!(
            "\n**{}**\n\n| flag | environment | cfg.yaml | default | meaning |\n|---|---|---|---|---|\n",
            section.title()
        ));
        let settings = SETTINGS.iter();
        for setting in settings.filter(|setting| setting.section == section) {
            text.push_str(&row(setting));
        }
    }
    text.push('\n');
    text
}

fn row(setting: &Setting) -> String {
    let code = |name: Option<&str>| name.map(|name| format!("`{name}`")).unwrap_or_default();
    let short = setting.short.map(|short| format!("`-{short}` "));
    let flag = setting.flag.map(|flag| format!("`--{flag}`"));
    format!(
        "| {}{} | {} | {} | {} | {} |\n",
        short.unwrap_or_default(),
        flag.unwrap_or_default(),
        code(setting.environment.or(setting.ambient)),
        code(setting.file),
        setting.default,
        setting.help,
    )
}
