package io.cardea.protocols.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RoutesTest {

  private static final EdgeHandler OK = request -> EdgeResponse.of(200);

  private final Routes routes =
      Routes.builder()
          .route("GET", "/est/cacerts", OK)
          .route("GET", "/est/{label}/cacerts", OK)
          .route("POST", "/est/{label}/simpleenroll", OK)
          .immediate("GET", "/ocsp/{request...}", OK)
          .immediate("POST", "/ocsp", OK)
          .build();

  @Test
  void literalPath_isFound() {
    assertThat(found("GET", "/est/cacerts")).isEqualTo("/est/cacerts{}");
  }

  @Test
  void capture_takesOneSegmentAsSent() {
    assertThat(found("GET", "/est/a%2Fb/cacerts")).isEqualTo("/est/{label}/cacerts{label=a%2Fb}");
  }

  @Test
  void rest_keepsSlashesAndEscapes() {
    assertThat(found("GET", "/ocsp/MEI//a%2B+/=="))
        .isEqualTo("/ocsp/{request...}{request=MEI//a%2B+/==}");
  }

  @Test
  void head_isAnsweredByGet() {
    assertThat(found("HEAD", "/est/cacerts")).isEqualTo("/est/cacerts{}");
  }

  @Test
  void wrongMethod_namesTheRightOnes() {
    assertThat(routes.resolve("DELETE", "/est/cacerts"))
        .isEqualTo(new Routes.WrongMethod("GET, HEAD"));
    assertThat(routes.resolve("GET", "/est/x/simpleenroll"))
        .isEqualTo(new Routes.WrongMethod("POST"));
  }

  @Test
  void pathsThatAreAlmostRight_areNotFound() {
    for (String path :
        new String[] {
          "/est",
          "/est/",
          "/est//cacerts",
          "/est/cacerts/",
          "//est/cacerts",
          "/ocsp/",
          "",
          "*",
          "/est/a/b/cacerts",
          "/EST/cacerts"
        }) {
      assertThat(routes.resolve("GET", path)).as(path).isEqualTo(new Routes.NoSuchPath());
    }
  }

  @Test
  void sameRouteTwice_isRefused() {
    assertThatThrownBy(() -> Routes.builder().route("GET", "/a", OK).immediate("GET", "/a", OK))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void malformedTemplates_areRefused() {
    for (String template : new String[] {"a", "/{}", "/{a}/{a}", "/{a...}/b", "/x{a}", "/{a"}) {
      assertThatThrownBy(() -> Routes.builder().route("GET", template, OK).build())
          .as(template)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private String found(String method, String path) {
    if (routes.resolve(method, path) instanceof Routes.Found(var target, Map<String, String> c)) {
      return target.template() + c;
    }
    throw new AssertionError("not found: " + method + " " + path);
  }
}
