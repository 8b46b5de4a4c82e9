package io.cardea.protocols.edge;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Which handler answers which method and path. Paths are compared as sent.
///
/// A template is made of literal segments, of `{name}` for one segment that is not empty, and may
/// end in `{name...}` for all that is left, slashes included. A path without captures wins over one
/// with; else the first one declared. HEAD is answered by the route of GET.
public final class Routes {

  /// Where a handler runs.
  enum Place {
    VIRTUAL_THREAD,
    EVENT_LOOP
  }

  /// One handler and how to call it.
  ///
  /// @param memory asked first, on the event loop
  record Target(String template, Place place, EdgeHandler handler, Optional<FromMemory> memory) {}

  /// Answers from memory in microseconds, or not at all.
  @FunctionalInterface
  public interface FromMemory {
    Optional<EdgeResponse> answer(EdgeRequest request);
  }

  /// What a method and path came to.
  sealed interface Resolution {}

  record Found(Target target, Map<String, String> captures) implements Resolution {}

  record WrongMethod(String allow) implements Resolution {}

  record NoSuchPath() implements Resolution {}

  private record Route(Template template, Map<String, Target> targets) {}

  private final Map<String, Route> literal;
  private final List<Route> capturing;

  private Routes(Map<String, Route> literal, List<Route> capturing) {
    this.literal = Map.copyOf(literal);
    this.capturing = List.copyOf(capturing);
  }

  public static Builder builder() {
    return new Builder();
  }

  Resolution resolve(String method, String rawPath) {
    Route exact = literal.get(rawPath);
    if (exact != null) {
      Target target = target(exact, method);
      if (target != null) {
        return new Found(target, Map.of());
      }
    }
    for (Route route : capturing) {
      Map<String, String> captures = route.template().match(rawPath);
      if (captures != null) {
        Target target = target(route, method);
        if (target != null) {
          return new Found(target, captures);
        }
      }
    }
    return unanswered(rawPath);
  }

  private Resolution unanswered(String rawPath) {
    Set<String> allowed = new TreeSet<>();
    Route exact = literal.get(rawPath);
    if (exact != null) {
      allow(exact, allowed);
    }
    for (Route route : capturing) {
      if (route.template().match(rawPath) != null) {
        allow(route, allowed);
      }
    }
    return allowed.isEmpty() ? new NoSuchPath() : new WrongMethod(String.join(", ", allowed));
  }

  private static @Nullable Target target(Route route, String method) {
    Target target = route.targets().get(method);
    return target == null && method.equals("HEAD") ? route.targets().get("GET") : target;
  }

  private static void allow(Route route, Set<String> allowed) {
    allowed.addAll(route.targets().keySet());
    if (route.targets().containsKey("GET")) {
      allowed.add("HEAD");
    }
  }

  /// Collects routes; a route declared twice is refused.
  public static final class Builder {

    private final Map<String, Map<String, Target>> byTemplate = new HashMap<>();
    private final List<String> order = new ArrayList<>();

    private Builder() {}

    /// A handler that may block.
    public Builder route(String method, String template, EdgeHandler handler) {
      return add(method, template, Place.VIRTUAL_THREAD, handler, Optional.empty());
    }

    /// A handler that answers from memory in microseconds, on the event loop. One that blocks here
    /// stops every connection of its loop.
    public Builder immediate(String method, String template, EdgeHandler handler) {
      return add(method, template, Place.EVENT_LOOP, handler, Optional.empty());
    }

    /// Answered from memory on the event loop when that has an answer, and else by a handler that
    /// may block.
    public Builder route(String method, String template, FromMemory memory, EdgeHandler handler) {
      return add(method, template, Place.VIRTUAL_THREAD, handler, Optional.of(memory));
    }

    /// Takes over all routes of another group, of another protocol for example.
    public Builder include(Builder other) {
      for (String template : other.order) {
        Map<String, Target> targets = other.byTemplate.getOrDefault(template, Map.of());
        targets.forEach((method, target) ->
            add(method, template, target.place(), target.handler(), target.memory()));
      }
      return this;
    }

    private Builder add(
        String method,
        String template,
        Place place,
        EdgeHandler handler,
        Optional<FromMemory> memory) {
      Map<String, Target> targets = byTemplate.get(template);
      if (targets == null) {
        targets = new TreeMap<>();
        byTemplate.put(template, targets);
        order.add(template);
      }
      if (targets.putIfAbsent(method, new Target(template, place, handler, memory)) != null) {
        throw new IllegalArgumentException(
            "route: " + method + " " + template + " is there already");
      }
      return this;
    }

    public Routes build() {
      Map<String, Route> literal = new HashMap<>();
      List<Route> capturing = new ArrayList<>();
      for (String text : order) {
        Template template = Template.parse(text);
        Route route = new Route(template, Map.copyOf(byTemplate.getOrDefault(text, Map.of())));
        if (template.isLiteral()) {
          literal.put(text, route);
        } else {
          capturing.add(route);
        }
      }
      return new Routes(literal, capturing);
    }
  }
}
