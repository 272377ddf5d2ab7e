//! How answers name a service.

use serde::Serialize;

use crate::topology::Node;

/// A service, as answers name it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceId {
    /// Its name.
    pub name: String,
    /// All its names.
    pub names: Vec<String>,
    /// The account that it runs in, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account_id: Option<String>,
    /// `AWS::EC2::Instance`, `remote`, `client` and the like, if it is known.
    #[serde(skip_serializing_if = "Option::is_none", rename = "Type")]
    pub kind: Option<String>,
}

impl From<&Node<'_>> for ServiceId {
    fn from(node: &Node<'_>) -> Self {
        Self {
            name: node.name.to_owned(),
            names: vec![node.name.to_owned()],
            account_id: node.account_id.map(str::to_owned),
            kind: node.kind.as_deref().map(str::to_owned),
        }
    }
}
