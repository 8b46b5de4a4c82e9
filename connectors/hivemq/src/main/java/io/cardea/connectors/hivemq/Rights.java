package io.cardea.connectors.hivemq;

import java.util.List;

/// What one client may do; everything else is denied.
///
/// @param publish topic filters to which it may publish, retained or not
/// @param subscribe topic filters to which it may subscribe, each by itself or inside a wider
///   filter that it names exactly
public record Rights(List<String> publish, List<String> subscribe) {
  public Rights {
    publish = List.copyOf(publish);
    subscribe = List.copyOf(subscribe);
  }
}
