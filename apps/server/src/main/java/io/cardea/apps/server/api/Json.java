package io.cardea.apps.server.api;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// JSON as the API speaks it: strict, bounded, nothing guessed, unknown members refused by name.
final class Json {
  private static final JsonMapper MAPPER = mapper(10_000);

  /// For many things in one body: its length bounds it more than the number of its tokens.
  private static final JsonMapper BULK = mapper(500_000);

  private Json() {}

  private static JsonMapper mapper(int tokens) {
    return JsonMapper.builder(
            JsonFactory.builder()
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxNestingDepth(8)
                        .maxNumberLength(20)
                        .maxNameLength(256)
                        .maxStringLength(16 * 1024)
                        .maxTokenCount(tokens)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .build())
        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
        .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
        .withCoercionConfig(
            LogicalType.Textual,
            textual ->
                textual
                    .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
        .build();
  }

  static byte[] write(Object view) {
    return MAPPER.writeValueAsBytes(view);
  }

  /// @throws Refused with [Refusal#REQUEST_MALFORMED], naming the member that is wrong and never a
  ///   type of ours
  static <T> T read(byte[] body, Class<T> type) throws Refused {
    return read(MAPPER, body, type);
  }

  /// The same of a long body.
  static <T> T readBulk(byte[] body, Class<T> type) throws Refused {
    return read(BULK, body, type);
  }

  private static <T> T read(JsonMapper mapper, byte[] body, Class<T> type) throws Refused {
    try {
      T value = mapper.readValue(body, type);
      if (value == null) {
        throw malformed("the body is null (expected: a JSON object)");
      }
      return value;
    } catch (UnrecognizedPropertyException e) {
      String known =
          e.getKnownPropertyIds().stream()
              .map(Object::toString)
              .sorted()
              .collect(Collectors.joining(", "));
      throw malformed(
          "member: " + path(e.getPath()) + " is unknown (expected: one of " + known + ")");
    } catch (DatabindException e) {
      throw malformed(
          e.getPath().isEmpty()
              ? "the body is not one JSON object and nothing else"
              : "member: " + path(e.getPath()) + " is not of the kind that is expected");
    } catch (StreamReadException e) {
      throw malformed(
          "the body is not acceptable JSON at line "
              + e.getLocation().getLineNr()
              + ", column "
              + e.getLocation().getColumnNr());
    } catch (JacksonException e) {
      throw malformed("the body is not acceptable JSON");
    }
  }

  private static Refused malformed(String detail) {
    return new Refused(Refusal.REQUEST_MALFORMED, detail);
  }

  private static String path(List<JacksonException.Reference> references) {
    StringBuilder path = new StringBuilder();
    for (JacksonException.Reference reference : references) {
      if (reference.getPropertyName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(reference.getPropertyName());
      }
    }
    return path.toString();
  }
}
