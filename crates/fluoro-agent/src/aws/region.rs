//! Which region's X-Ray is used.
//!
//! Configuration, `AWS_REGION`, then (not in local mode) the metadata file of ECS and the metadata
//! service of EC2, last what other AWS programs use: `AWS_DEFAULT_REGION` and the profile.

use aws_config::{
    imds::{self, region::ImdsRegionProvider},
    meta::region::ProvideRegion,
    profile::ProfileFileRegionProvider,
    provider_config::ProviderConfig,
};
use serde::Deserialize;

use super::AwsError;
use crate::config::AwsConfig;

/// A region, and where it was found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Region {
    /// Say `eu-west-1`.
    pub name: String,
    /// Where it was found.
    pub source: RegionSource,
}

/// Where a region can be found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RegionSource {
    /// Command line or configuration file.
    Configuration,
    /// The environment variable `AWS_REGION`.
    AwsRegion,
    /// The metadata file of an ECS task.
    EcsMetadataFile,
    /// The metadata service of EC2.
    Ec2Metadata,
    /// The environment variable `AWS_DEFAULT_REGION`.
    AwsDefaultRegion,
    /// The profile in `~/.aws/config`.
    Profile,
}

impl RegionSource {
    /// The place in words, for messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Configuration => "the configuration",
            Self::AwsRegion => "AWS_REGION",
            Self::EcsMetadataFile => "the metadata file of ECS",
            Self::Ec2Metadata => "the metadata service of EC2",
            Self::AwsDefaultRegion => "AWS_DEFAULT_REGION",
            Self::Profile => "the profile",
        }
    }
}

/// Looks in each place in turn.
pub(super) async fn resolve(
    config: &AwsConfig,
    variable: impl Fn(&str) -> Option<String>,
    provider: &ProviderConfig,
) -> Result<Region, AwsError> {
    let places = places(config.local_mode);
    for source in places {
        let name = match source {
            RegionSource::Configuration => config.region.clone(),
            RegionSource::AwsRegion => variable("AWS_REGION"),
            RegionSource::EcsMetadataFile => from_ecs_file(&variable),
            RegionSource::Ec2Metadata => from_ec2(provider).await,
            RegionSource::AwsDefaultRegion => variable("AWS_DEFAULT_REGION"),
            RegionSource::Profile => from_profile(provider).await,
        };
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            return Ok(Region {
                name,
                source: *source,
            });
        }
    }
    let asked: Vec<_> = places.iter().map(|source| source.as_str()).collect();
    Err(AwsError::NoRegion {
        asked: asked.join(", "),
    })
}

fn places(local_mode: bool) -> &'static [RegionSource] {
    use RegionSource::*;
    if local_mode {
        &[Configuration, AwsRegion, AwsDefaultRegion, Profile]
    } else {
        &[
            Configuration,
            AwsRegion,
            EcsMetadataFile,
            Ec2Metadata,
            AwsDefaultRegion,
            Profile,
        ]
    }
}

fn from_ecs_file(variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    let enabled = variable("ECS_ENABLE_CONTAINER_METADATA")?;
    if !enabled.eq_ignore_ascii_case("true") {
        return None;
    }
    let path = variable("ECS_CONTAINER_METADATA_FILE")?;
    match std::fs::read(&path) {
        Ok(content) => region_of_task(&content),
        Err(failure) => {
            tracing::debug!("the metadata file of ECS, {path}, cannot be read: {failure}");
            None
        }
    }
}

fn region_of_task(metadata: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Metadata {
        #[serde(rename = "TaskARN")]
        task_arn: String,
    }
    let metadata: Metadata = serde_json::from_slice(metadata).ok()?;
    metadata.task_arn.split(':').nth(3).map(str::to_owned)
}

async fn from_ec2(provider: &ProviderConfig) -> Option<String> {
    let client = imds::Client::builder()
        .configure(provider)
        .max_attempts(1)
        .build();
    let region = ImdsRegionProvider::builder()
        .configure(provider)
        .imds_client(client)
        .build()
        .region()
        .await?;
    Some(region.as_ref().to_owned())
}

async fn from_profile(provider: &ProviderConfig) -> Option<String> {
    let region = ProfileFileRegionProvider::builder()
        .configure(provider)
        .build();
    Some(region.region().await?.as_ref().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(region: Option<&str>) -> AwsConfig {
        AwsConfig {
            region: region.map(str::to_owned),
            endpoint: None,
            role_arn: None,
            resource_arn: None,
            proxy: None,
            verify_tls: true,
            local_mode: true,
        }
    }

    #[tokio::test]
    async fn configuration_comes_before_the_environment() {
        let environment = |name: &str| match name {
            "AWS_REGION" => Some("eu-west-1".to_owned()),
            "AWS_DEFAULT_REGION" => Some("us-east-2".to_owned()),
            _ => None,
        };
        let provider = ProviderConfig::without_region();
        let region = resolve(&config(Some("ap-south-1")), environment, &provider).await;
        assert_eq!(region.unwrap().name, "ap-south-1");
        let region = resolve(&config(None), environment, &provider).await;
        assert_eq!(
            region.unwrap(),
            Region {
                name: "eu-west-1".to_owned(),
                source: RegionSource::AwsRegion
            }
        );
    }

    #[tokio::test]
    async fn the_task_of_ecs_comes_before_the_default_region() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("metadata.json");
        let arn = r#"{"Cluster":"c","TaskARN":"arn:aws:ecs:ap-northeast-1:123456789012:task/1"}"#;
        std::fs::write(&file, arn).unwrap();
        let environment = |name: &str| match name {
            "ECS_ENABLE_CONTAINER_METADATA" => Some("true".to_owned()),
            "ECS_CONTAINER_METADATA_FILE" => Some(file.to_str().unwrap().to_owned()),
            "AWS_DEFAULT_REGION" => Some("us-east-2".to_owned()),
            _ => None,
        };
        let provider = ProviderConfig::without_region();
        let mut config = config(None);
        let local = resolve(&config, environment, &provider).await.unwrap();
        assert_eq!(local.source, RegionSource::AwsDefaultRegion);
        config.local_mode = false;
        let task = resolve(&config, environment, &provider).await.unwrap();
        assert_eq!(
            (task.name.as_str(), task.source),
            ("ap-northeast-1", RegionSource::EcsMetadataFile)
        );
    }

    #[test]
    fn a_metadata_file_without_a_task_says_nothing() {
        assert_eq!(region_of_task(b"{\"Cluster\":\"c\"}"), None);
        assert_eq!(region_of_task(b"half a fi"), None);
    }
}
