//! What a value of a log can mean, whatever the log calls it.

use crate::usage::TEXT_BLOCKS;

/// A meaning that a format gives to one of its values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// When the call started.
    Time,
    /// When it ended; gives the latency where that is not logged.
    EndTime,
    /// Who bills.
    Provider,
    /// The model that answered.
    Model,
    /// The model that was asked for.
    RequestModel,
    /// The model named around a response: the one that was asked for, if it differs.
    OuterModel,
    /// What the call was for.
    CallType,
    /// Where it was processed.
    Geo,
    /// Input tokens; whether cached ones are inside is the format's convention.
    Input,
    /// Input tokens read from the cache.
    CacheRead,
    /// Input tokens written to the cache, lifetime unknown or summed over lifetimes.
    CacheWrite,
    /// Input tokens written with the default lifetime.
    CacheWrite5m,
    /// Input tokens written with the long lifetime.
    CacheWrite1h,
    /// Input tokens of tool results that the provider counts apart from the prompt.
    ToolInput,
    /// The part of the input that was audio.
    AudioInput,
    /// The part of the input that was images.
    ImageInput,
    /// Output tokens; whether reasoning is inside is the format's convention.
    Output,
    /// Output tokens spent on reasoning.
    Reasoning,
    /// The part of the output that was audio.
    AudioOutput,
    /// The part of the output that was images.
    ImageOutput,
    /// Input and output together.
    Total,
    /// Server-side searches of the web.
    Searches,
    /// Server-side searches in stored files.
    FileSearches,
    /// The lane the call was served in.
    ServiceTier,
    /// Whether it was a batch call.
    Batch,
    /// Anthropic's speed setting.
    Speed,
    /// How it ended, as a word, a truth value or an HTTP status.
    Status,
    /// The HTTP status.
    HttpStatus,
    /// What went wrong.
    Error,
    /// Why the model stopped.
    FinishReason,
    /// The output limit of the request.
    MaxTokens,
    /// Which attempt this was, from 1.
    Attempt,
    /// The request this one repeats.
    RetryOf,
    /// The provider's or the caller's id of the request.
    RequestId,
    /// A second id, where one alone is not unique.
    SecondId,
    /// The conversation, session or thread.
    Conversation,
    /// Milliseconds to the end of the answer.
    LatencyMs,
    /// The cost the log states, in dollars.
    CostUsd,
    /// How many calls the row stands for.
    Calls,
    /// The kind of record, where a file mixes kinds.
    RecordType,
    /// Whether the call was made by a helper of the main conversation.
    Sidechain,
    /// A count that the format does not have but another of a similar shape does.
    Foreign,
    /// A list of sub-calls with usage of their own, as JSON.
    Parts,
    /// Input tokens by modality, as JSON.
    InputModalities,
    /// Cached tokens by modality, as JSON.
    CacheModalities,
    /// Output tokens by modality, as JSON.
    OutputModalities,
    /// A list whose elements are the records; what is around them holds for each.
    Rows,
    /// JSON inside a text, whose keys are the record's own.
    Inside,
    /// The session that this one goes on from, or that started it.
    Parent,
    /// The part of the cached input that was audio.
    AudioCacheRead,
    /// Tokens written to the cache by lifetime, as JSON.
    CacheLifetimes,
    /// The pieces of the answer, as JSON.
    OutputItems,
    /// When the period that the row sums up ends.
    BucketEnd,
    /// The project or workspace.
    Project,
    /// The key the calls were made with.
    ApiKey,
    /// Who made the calls.
    User,
    /// The range of prompt sizes that the row sums up.
    ContextWindow,
    /// Which count or cost the row states, where each has a row of its own.
    Metric,
    /// How much of that there was.
    Amount,
    /// What that is counted in.
    Unit,
    /// The currency of amounts of money.
    Currency,
    /// The cost the log states, in hundredths of a dollar.
    CostCents,
    /// The cost the log states, in units of 10⁻¹⁰ dollars.
    CostTicks,
    /// The hashes of the blocks of the prompt, in order, as a list.
    Blocks,
    /// Where those hashes mean the same: `local` within a conversation, otherwise everywhere.
    BlockScope,
    /// Milliseconds since the start of a trace that names no day.
    ElapsedMillis,
    /// Seconds since then.
    ElapsedSeconds,
    /// The question: a text, or messages as JSON, of which the last of the user is it.
    Prompt,
    /// A hash of the question.
    PromptHash,
    /// What stood before the question: earlier messages, documents.
    PromptContext,
    /// The instructions of the application.
    SystemPrompt,
    /// The tools that the model was offered.
    Tools,
    /// The question as a vector.
    Embedding,
    /// Whether the answer may be given again.
    Eligible,
    /// The hashes of the prompt's text in blocks, made from its tools, instructions and messages.
    TextBlocks,
    /// The smallest prompt of a row of a roll-up.
    PromptMin,
    /// The largest prompt of such a row.
    PromptMax,
    /// How many of its calls are no further attempt.
    Requests,
    /// What is known of how many calls it sums up, where that is no plain number.
    Counting,
}

impl Field {
    /// Every field, in order.
    pub const ALL: [Self; 79] = [
        Self::Time,
        Self::EndTime,
        Self::Provider,
        Self::Model,
        Self::RequestModel,
        Self::OuterModel,
        Self::CallType,
        Self::Geo,
        Self::Input,
        Self::CacheRead,
        Self::CacheWrite,
        Self::CacheWrite5m,
        Self::CacheWrite1h,
        Self::ToolInput,
        Self::AudioInput,
        Self::ImageInput,
        Self::Output,
        Self::Reasoning,
        Self::AudioOutput,
        Self::ImageOutput,
        Self::Total,
        Self::Searches,
        Self::FileSearches,
        Self::ServiceTier,
        Self::Batch,
        Self::Speed,
        Self::Status,
        Self::HttpStatus,
        Self::Error,
        Self::FinishReason,
        Self::MaxTokens,
        Self::Attempt,
        Self::RetryOf,
        Self::RequestId,
        Self::SecondId,
        Self::Conversation,
        Self::LatencyMs,
        Self::CostUsd,
        Self::Calls,
        Self::RecordType,
        Self::Sidechain,
        Self::Foreign,
        Self::Parts,
        Self::InputModalities,
        Self::CacheModalities,
        Self::OutputModalities,
        Self::Rows,
        Self::Inside,
        Self::Parent,
        Self::AudioCacheRead,
        Self::CacheLifetimes,
        Self::OutputItems,
        Self::BucketEnd,
        Self::Project,
        Self::ApiKey,
        Self::User,
        Self::ContextWindow,
        Self::Metric,
        Self::Amount,
        Self::Unit,
        Self::Currency,
        Self::CostCents,
        Self::CostTicks,
        Self::Blocks,
        Self::BlockScope,
        Self::ElapsedMillis,
        Self::ElapsedSeconds,
        Self::Prompt,
        Self::PromptHash,
        Self::PromptContext,
        Self::SystemPrompt,
        Self::Tools,
        Self::Embedding,
        Self::Eligible,
        Self::TextBlocks,
        Self::PromptMin,
        Self::PromptMax,
        Self::Requests,
        Self::Counting,
    ];

    /// The name for `--map` and in llmcost's own logs; nothing for what only a format can use.
    #[expect(clippy::too_many_lines, reason = "one line a field")]
    pub const fn own_name(self) -> Option<&'static str> {
        Some(match self {
            Self::Time => "time",
            Self::Provider => "provider",
            Self::Model => "model",
            Self::RequestModel => "request_model",
            Self::CallType => "call_type",
            Self::Geo => "geo",
            Self::Input => "input_tokens",
            Self::CacheRead => "cache_read_tokens",
            Self::CacheWrite => "cache_write_tokens",
            Self::CacheWrite5m => "cache_write_5m_tokens",
            Self::CacheWrite1h => "cache_write_1h_tokens",
            Self::AudioInput => "audio_input_tokens",
            Self::ImageInput => "image_input_tokens",
            Self::Output => "output_tokens",
            Self::Reasoning => "reasoning_tokens",
            Self::AudioOutput => "audio_output_tokens",
            Self::ImageOutput => "image_output_tokens",
            Self::Searches => "searches",
            Self::FileSearches => "file_searches",
            Self::ServiceTier => "service_tier",
            Self::Batch => "batch",
            Self::Speed => "speed",
            Self::Status => "status",
            Self::HttpStatus => "http_status",
            Self::Error => "error",
            Self::FinishReason => "finish_reason",
            Self::MaxTokens => "max_tokens",
            Self::Attempt => "attempt",
            Self::RetryOf => "retry_of",
            Self::RequestId => "request_id",
            Self::Conversation => "conversation",
            Self::LatencyMs => "latency_ms",
            Self::CostUsd => "cost_usd",
            Self::Calls => "calls",
            Self::AudioCacheRead => "audio_cache_read_tokens",
            Self::Blocks => "prompt_blocks",
            Self::BlockScope => "block_scope",
            Self::ElapsedMillis => "elapsed_ms",
            Self::ElapsedSeconds => "elapsed_s",
            Self::Prompt => "prompt",
            Self::PromptHash => "prompt_hash",
            Self::PromptContext => "prompt_context",
            Self::SystemPrompt => "system_prompt",
            Self::Tools => "tools",
            Self::Embedding => "embedding",
            Self::Eligible => "eligible",
            Self::EndTime
            | Self::OuterModel
            | Self::Foreign
            | Self::ToolInput
            | Self::Total
            | Self::SecondId
            | Self::RecordType
            | Self::Sidechain
            | Self::Parts
            | Self::InputModalities
            | Self::CacheModalities
            | Self::OutputModalities
            | Self::Rows
            | Self::Inside
            | Self::Parent
            | Self::CacheLifetimes
            | Self::OutputItems
            | Self::BucketEnd
            | Self::Project
            | Self::ApiKey
            | Self::User
            | Self::ContextWindow
            | Self::Metric
            | Self::Amount
            | Self::Unit
            | Self::Currency
            | Self::CostCents
            | Self::CostTicks
            | Self::TextBlocks
            | Self::PromptMin
            | Self::PromptMax
            | Self::Requests
            | Self::Counting => return None,
        })
    }

    /// The field of a name typed after `--map`.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.own_name() == Some(name))
    }

    /// The name of a dimension that holds the text of this field, wherever the format finds it: a
    /// column of the field's own name may hold something else. Brackets keep it apart from those.
    pub fn dimension(self) -> Option<String> {
        self.own_name().map(|name| format!("<{name}>"))
    }

    /// The field whose text a dimension of this name holds.
    pub fn of_dimension(name: &str) -> Option<Self> {
        if name == TEXT_BLOCKS {
            return Some(Self::TextBlocks);
        }
        Self::named(name.strip_prefix('<')?.strip_suffix('>')?)
    }

    /// Whether the response itself knows it best: where a record wraps a response, the same name
    /// around it speaks of something else, such as the session or the request.
    pub(super) const fn belongs_to_response(self) -> bool {
        matches!(
            self,
            Self::Model
                | Self::RequestId
                | Self::ServiceTier
                | Self::Speed
                | Self::Geo
                | Self::FinishReason
                | Self::Input
                | Self::CacheRead
                | Self::CacheWrite
                | Self::CacheWrite5m
                | Self::CacheWrite1h
                | Self::ToolInput
                | Self::AudioInput
                | Self::ImageInput
                | Self::Output
                | Self::Reasoning
                | Self::AudioOutput
                | Self::ImageOutput
                | Self::Total
                | Self::Searches
                | Self::FileSearches
                | Self::Parts
                | Self::InputModalities
                | Self::CacheModalities
                | Self::OutputModalities
                | Self::AudioCacheRead
                | Self::CacheLifetimes
                | Self::OutputItems
        )
    }

    /// Whether it says which sum a row of a report states, rather than how much.
    pub(super) const fn names_a_sum(self) -> bool {
        matches!(
            self,
            Self::Time
                | Self::BucketEnd
                | Self::Provider
                | Self::Model
                | Self::RequestModel
                | Self::CallType
                | Self::Geo
                | Self::ServiceTier
                | Self::Batch
                | Self::Speed
                | Self::RecordType
                | Self::RequestId
                | Self::SecondId
                | Self::Project
                | Self::ApiKey
                | Self::User
                | Self::ContextWindow
        )
    }

    /// Whether it tells what was asked. Only a plan that compares questions takes it from there; for
    /// everything else its column is one like any other.
    pub(super) const fn is_of_the_question(self) -> bool {
        matches!(
            self,
            Self::Prompt
                | Self::PromptHash
                | Self::PromptContext
                | Self::SystemPrompt
                | Self::Tools
                | Self::Embedding
                | Self::Eligible
        )
    }

    /// The place of the field among the values of a record.
    pub(super) const fn slot(self) -> usize {
        self as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slot_of_a_field_is_its_place_in_the_list() {
        for (place, field) in Field::ALL.into_iter().enumerate() {
            assert_eq!(field.slot(), place);
        }
    }
}
