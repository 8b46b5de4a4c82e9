package io.cardea.life.pki.path;

/// What a chain may cost. A stranger chooses all of it, so each is far above what an honest one
/// needs, and beyond it the chain is refused.
public final class PathLimits {
  /// Certificates that are handed in beside the one that is judged.
  public static final int CANDIDATES = 32;

  /// Certificates of a path, without its anchor.
  public static final int DEPTH = 8;

  /// Signatures that are verified in all, those of revocation lists included.
  static final int VERIFICATIONS = 64;

  /// Steps of the search, and whole paths that are judged.
  static final int SEARCH = 512;

  static final int PATHS = 8;

  /// Names in one certificate, name constraints in one certificate, and comparisons of them.
  static final int NAMES = 64;

  static final int SUBTREES = 128;
  static final int COMPARISONS = 8_192;

  /// Policies and policy mappings in one certificate, and what mappings may multiply to.
  static final int POLICIES = 32;

  static final int MAPPINGS = 16;
  static final int MAPPING_PRODUCT = 1_024;

  static final int LISTS = 64;
  static final int LIST_OCTETS = 32 * 1024 * 1024;

  private PathLimits() {}
}
