//! What the collections call sellers, and what the tables here call them.

/// Names of sellers in any of the collections that differ from the name here.
const SELLERS: [(&str, &str); 27] = [
    ("amazon-bedrock", "bedrock"),
    ("aws", "bedrock"),
    ("azure_text", "azure"),
    ("bedrock_converse", "bedrock"),
    ("cohere_chat", "cohere"),
    ("dashscope", "alibaba"),
    ("fireworks-ai", "fireworks"),
    ("fireworks_ai", "fireworks"),
    ("fireworks_ai-embedding-models", "fireworks"),
    ("gemini", "google"),
    ("github-copilot", "github_copilot"),
    ("google-vertex", "vertex"),
    ("google-vertex-anthropic", "vertex"),
    ("meta_llama", "meta"),
    ("moonshotai", "moonshot"),
    ("novita-ai", "novita"),
    ("text-completion-codestral", "codestral"),
    ("text-completion-inception", "inception"),
    ("text-completion-openai", "openai"),
    ("together_ai", "together"),
    ("togetherai", "together"),
    ("vertex_ai", "vertex"),
    ("voyageai", "voyage"),
    ("x-ai", "xai"),
    ("z-ai", "zai"),
    ("z.ai", "zai"),
    ("zhipuai", "zhipu"),
];

/// Sellers of their own models. An id that only others sell too is found without a seller's name in
/// the log, so a name that is missing here costs nothing but that.
const MAKERS: [&str; 24] = [
    "ai21",
    "alibaba",
    "amazon_nova",
    "anthropic",
    "arcee",
    "assemblyai",
    "codestral",
    "cohere",
    "deepgram",
    "deepseek",
    "elevenlabs",
    "google",
    "inception",
    "meta",
    "minimax",
    "mistral",
    "moonshot",
    "openai",
    "perplexity",
    "stability",
    "voyage",
    "xai",
    "zai",
    "zhipu",
];

/// Whether a seller (by its name here) sells models of others.
pub(super) fn is_reseller(seller: &str) -> bool {
    !MAKERS.contains(&seller)
}

/// The name here of a seller that a collection calls `name`.
pub(super) fn seller(name: &str) -> &str {
    // LiteLLM has a name for each family of models on Vertex AI: `vertex_ai-mistral_models`.
    if name.starts_with("vertex_ai-") {
        return "vertex";
    }
    let known = SELLERS.iter().find(|(other, _)| *other == name);
    known.map_or(name, |(_, seller)| *seller)
}

/// The part of an id that the seller's own names share is no part of it.
pub(super) fn short_id<'a>(seller: &str, id: &'a str) -> &'a str {
    let prefix = if seller == "fireworks" { "accounts/fireworks/models/" } else { "" };
    id.strip_prefix(prefix).filter(|rest| !rest.is_empty()).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sellers_have_the_name_of_their_table() {
        assert_eq!(seller("gemini"), "google");
        assert_eq!(seller("x-ai"), "xai");
        assert_eq!(seller("vertex_ai-mistral_models"), "vertex");
        assert_eq!(seller("openai"), "openai");
        assert!(SELLERS.is_sorted() && MAKERS.is_sorted());
    }
}
