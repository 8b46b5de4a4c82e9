package io.cardea.life.pki.path;

/// One step of a judgement, as it is shown to people.
///
/// @param check what was looked at, in a word or two
/// @param subject the certificate that it is about, by its name; empty for the chain as a whole
/// @param why what was found
/// @param rule where it is written
public record PathStep(Outcome outcome, String check, String subject, String why, String rule) {
  /// What a step came to. One that failed refuses the chain.
  public enum Outcome {
    PASSED,
    FAILED,
    /// Said for who reads it; it decides nothing.
    NOTED
  }
}
