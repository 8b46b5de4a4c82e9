package io.cardea.apps.server.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds what someone may have meant.
final class Suggestion {
  private Suggestion() {}

  /// The nearest of these names, if it is near: at most two edits, or a quarter of its length.
  static Optional<String> nearest(String name, Collection<String> names) {
    return names.stream()
        .filter(candidate -> distance(name, candidate) <= Math.max(2, candidate.length() / 4))
        .min(Comparator.comparingInt(candidate -> distance(name, candidate)));
  }

  /// How many letters must be inserted, deleted, replaced, or swapped with their neighbour.
  static int distance(String a, String b) {
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      edits[i][0] = i;
    }
    for (int j = 0; j <= b.length(); j++) {
      edits[0][j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      for (int j = 1; j <= b.length(); j++) {
        int replaced = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          least = Math.min(least, edits[i - 2][j - 2] + 1);
        }
        edits[i][j] = least;
      }
    }
    return edits[a.length()][b.length()];
  }
}
