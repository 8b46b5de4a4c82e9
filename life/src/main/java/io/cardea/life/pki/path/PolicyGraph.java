package io.cardea.life.pki.path;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The policies under which a path is valid, as the graph of RFC 9618: a policy has one node in
/// each depth, so that mappings cannot make it grow beyond what the certificates hold. (The tree of
/// RFC 5280 says the same, and doubles with each mapping.)
final class PolicyGraph {
  static final String ANY = "2.5.29.32.0";

  /// @param parents the policies of the nodes above it
  private record Node(Set<String> expected, Set<String> parents) {}

  private final List<Map<String, Node>> depths = new ArrayList<>();
  private boolean none;

  PolicyGraph() {
    depths.add(new TreeMap<>(Map.of(ANY, new Node(Set.of(ANY), Set.of()))));
  }

  boolean isNone() {
    return none;
  }

  /// RFC 5280 §6.1.3 (e).
  void end() {
    none = true;
  }

  /// RFC 5280 §6.1.3 (d), as updated by RFC 9618 §5.3.
  ///
  /// @param takesAny whether anyPolicy in this certificate counts
  void descend(Set<String> policies, boolean takesAny) {
    if (none) {
      return;
    }
    Map<String, Node> above = depths.getLast();
    Map<String, Node> next = new TreeMap<>();
    for (String policy : policies) {
      if (policy.equals(ANY)) {
        continue;
      }
      Set<String> parents = expecting(above, policy);
      if (!parents.isEmpty()) {
        next.put(policy, new Node(Set.of(policy), parents));
      } else if (above.containsKey(ANY)) {
        next.put(policy, new Node(Set.of(policy), Set.of(ANY)));
      }
    }
    if (takesAny && policies.contains(ANY)) {
      Set<String> expected = new TreeSet<>();
      above.values().forEach(node -> expected.addAll(node.expected()));
      for (String policy : expected) {
        next.computeIfAbsent(policy, _ -> new Node(Set.of(policy), expecting(above, policy)));
      }
    }
    depths.add(next);
    prune();
  }

  /// RFC 5280 §6.1.4 (b), as updated by RFC 9618 §5.4.
  void map(String from, Set<String> to, boolean allowed) {
    if (none) {
      return;
    }
    Map<String, Node> here = depths.getLast();
    Node node = here.get(from);
    if (!allowed) {
      here.remove(from);
      prune();
    } else if (node != null) {
      here.put(from, new Node(Set.copyOf(to), node.parents()));
    } else if (here.containsKey(ANY)) {
      here.put(from, new Node(Set.copyOf(to), Set.of(ANY)));
    }
  }

  /// The policies that the authorities of the path agree on, in the words of the first of them; all
  /// of them when [#ANY] is one (RFC 9618 §5.5).
  Set<String> constrainedByAuthorities() {
    Set<String> found = new HashSet<>();
    if (none) {
      return found;
    }
    for (Map<String, Node> depth : depths) {
      depth.forEach((policy, node) -> {
        if (!policy.equals(ANY) && node.parents().equals(Set.of(ANY))) {
          found.add(policy);
        }
      });
    }
    if (depths.getLast().containsKey(ANY)) {
      found.add(ANY);
    }
    return found;
  }

  private static Set<String> expecting(Map<String, Node> above, String policy) {
    Set<String> parents = new TreeSet<>();
    above.forEach((name, node) -> {
      if (node.expected().contains(policy)) {
        parents.add(name);
      }
    });
    return parents;
  }

  /// Takes away what has no children, from below.
  private void prune() {
    for (int i = depths.size() - 1; i > 0; i--) {
      Set<String> used = new HashSet<>();
      depths.get(i).values().forEach(node -> used.addAll(node.parents()));
      depths.get(i - 1).keySet().retainAll(used);
    }
    none = depths.getFirst().isEmpty();
  }
}
