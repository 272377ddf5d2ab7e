//! The agent's flags, as the help and completion show them.

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use crate::config::{SETTINGS, Section, Setting};

/// The agent's flags. [`Flags`](crate::config::Flags) reads them, with the daemon's rules; clap
/// knows them for the help and for completion.
#[derive(Debug)]
pub(super) struct AgentFlags;

impl FromArgMatches for AgentFlags {
    fn from_arg_matches(_: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Self)
    }

    fn update_from_arg_matches(&mut self, _: &ArgMatches) -> Result<(), clap::Error> {
        Ok(())
    }
}

impl Args for AgentFlags {
    fn augment_args(command: Command) -> Command {
        let sections = Section::ALL.into_iter().flat_map(|section| {
            let settings = SETTINGS.iter();
            settings.filter(move |setting| setting.section == section)
        });
        let arguments = sections.filter_map(argument).chain([
            switch("help", 'h', "Print this").action(ArgAction::Help),
            switch("version", 'v', "Print the version").action(ArgAction::SetTrue),
        ]);
        command.disable_help_flag(true).args(arguments)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn switch(name: &'static str, short: char, help: &'static str) -> Arg {
    let argument = Arg::new(name).long(name).short(short).help(help);
    argument.help_heading(Section::Process.title())
}

fn argument(setting: &'static Setting) -> Option<Arg> {
    let flag = setting.flag?;
    let argument = Arg::new(flag)
        .long(flag)
        .short(setting.short)
        .help(help(setting))
        .help_heading(setting.section.title());
    Some(match setting.value {
        Some(name) if setting.repeats => argument.value_name(name).action(ArgAction::Append),
        Some(name) => argument.value_name(name),
        None => argument.action(ArgAction::SetTrue),
    })
}

fn help(setting: &Setting) -> String {
    let mut help = setting.help.to_owned();
    if setting.repeats {
        help.push_str("; may be repeated");
    }
    if let Some(name) = setting.environment.or(setting.ambient) {
        help.push_str(&format!(" [${name}]"));
    }
    if !setting.is_switch() {
        help.push_str(&format!(" [default: {}]", setting.default));
    }
    help
}
