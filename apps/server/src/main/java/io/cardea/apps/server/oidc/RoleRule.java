package io.cardea.apps.server.oidc;

import io.cardea.life.inventory.Environment;
import io.cardea.life.inventory.Role;
import io.cardea.life.inventory.Scope;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// Who has this value in the claim has this role, written `ops=fleet-operator`, or for a part of
/// the fleet `line-7=fleet-operator@class:pumps+environment:field+owner:acme`.
public record RoleRule(String value, Role role, Scope scope) {
  /// @throws IllegalArgumentException if it is none
  public static RoleRule parse(String text) {
    int at = text.indexOf('@');
    String head = at < 0 ? text : text.substring(0, at);
    int equals = head.lastIndexOf('=');
    if (equals < 1) {
      throw new IllegalArgumentException("rule: " + text + " (expected: value=role)");
    }
    Set<String> classes = new TreeSet<>();
    Set<Environment> environments = new TreeSet<>();
    Set<String> owners = new TreeSet<>();
    if (at >= 0) {
      for (String part : text.substring(at + 1).split("\\+", -1)) {
        int colon = part.indexOf(':');
        String name = part.substring(colon + 1).strip();
        if (colon < 0 || name.isEmpty()) {
          throw new IllegalArgumentException("part: " + part + " (expected: class:NAME)");
        }
        switch (part.substring(0, colon).strip()) {
          case "class" -> classes.add(name);
          case "environment" -> environments.add(environment(name));
          case "owner" -> owners.add(name);
          default -> throw new IllegalArgumentException("part: " + part);
        }
      }
    }
    Role role =
        Role.valueOf(head.substring(equals + 1).strip().toUpperCase(Locale.ROOT).replace('-', '_'));
    Scope scope = new Scope(classes, environments, owners);
    if (role == Role.ADMINISTRATOR && !scope.isAll()) {
      throw new IllegalArgumentException("administrators act for all (expected: no part)");
    }
    return new RoleRule(head.substring(0, equals).strip(), role, scope);
  }

  private static Environment environment(String word) {
    return Arrays.stream(Environment.values())
        .filter(one -> one.word().equals(word))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("environment: " + word));
  }
}
