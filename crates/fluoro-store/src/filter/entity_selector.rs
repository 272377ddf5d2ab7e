//! Which services or calls the statistics of a time series are about.

use std::{cell::Cell, str::FromStr};

use super::{FilterError, expression::NodePattern, groups::Groups, parser::Parser, token::Token};
use crate::topology::Node;

/// `service(…)`, `id(…)` or `edge(…, …)`.
///
/// ```
/// use fluoro_store::filter::EntitySelector;
/// let selector: EntitySelector = r#"edge("shop", "inventory")"#.parse()?;
/// assert!(selector.selects_calls());
/// # Ok::<(), fluoro_store::filter::FilterError>(())
/// ```
#[derive(Clone, PartialEq, Debug)]
pub struct EntitySelector(Selected);

#[derive(Clone, PartialEq, Debug)]
enum Selected {
    Services(NodePattern),
    Calls(NodePattern, NodePattern),
}

impl EntitySelector {
    /// Every call between services.
    pub fn all_calls() -> Self {
        Self(Selected::Calls(
            NodePattern::default(),
            NodePattern::default(),
        ))
    }

    /// Whether calls are selected, as opposed to services.
    pub fn selects_calls(&self) -> bool {
        matches!(self.0, Selected::Calls(..))
    }

    pub(crate) fn selects_service(&self, service: &Node<'_>) -> bool {
        matches!(&self.0, Selected::Services(pattern) if pattern.fits(service))
    }

    pub(crate) fn selects_call(&self, caller: &Node<'_>, callee: &Node<'_>) -> bool {
        matches!(&self.0, Selected::Calls(from, to) if from.fits(caller) && to.fits(callee))
    }
}

impl FromStr for EntitySelector {
    type Err = FilterError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let taken = Cell::new(0);
        let groups = Groups::new(&|_| None, &taken);
        let mut parser = Parser::new(text, 0, &groups)?;
        let word = match parser.token() {
            Token::Word => parser.written().to_ascii_lowercase(),
            _ => String::new(),
        };
        let selected = match word.as_str() {
            "service" => Selected::Services(parser.service_pattern()?),
            "id" => Selected::Services(parser.id_pattern()?),
            "edge" => {
                let (from, to) = parser.edge_patterns()?;
                Selected::Calls(from, to)
            }
            _ => return Err(parser.unexpected(&["service(…)", "id(…)", "edge(…, …)"])),
        };
        parser.end("the end")?;
        Ok(Self(selected))
    }
}

impl NodePattern {
    /// Whether a service is meant.
    pub(super) fn fits(&self, service: &Node<'_>) -> bool {
        let fits = |wanted: &Option<Box<str>>, found: Option<&str>| {
            wanted.as_deref().is_none_or(|wanted| found == Some(wanted))
        };
        fits(&self.name, Some(service.name))
            && fits(&self.kind, service.kind.as_deref())
            && fits(&self.account_id, service.account_id)
    }
}
