use fluoro_wire::strip_url;

use crate::{
    cli::{
        style::{Paint, Style},
        table::{Align, Table},
    },
    config::{Key, Origin, Resolved, SettingReport},
};

/// Every setting with its value and who chose it.
pub(super) fn draw(resolved: &Resolved, style: Style) -> String {
    let mut table = Table::new(&[
        ("SETTING", Align::Left),
        ("VALUE", Align::Cut),
        ("FROM", Align::Cut),
    ]);
    for report in &resolved.report {
        let paint = match report.origin {
            Origin::Default => Paint::Faint,
            _ => Paint::Plain,
        };
        let row = [
            report.setting.spelling(),
            shown(report),
            report.origin.to_string(),
        ];
        table.push(row.map(|cell| (cell, paint)).to_vec());
    }
    format!("{}\n", table.draw(style))
}

/// The value; a URL without the password that may be in it.
fn shown(report: &SettingReport) -> String {
    match report.setting.key {
        Key::Proxy | Key::Endpoint => strip_url(&report.value).to_string(),
        _ => report.value.clone(),
    }
}
