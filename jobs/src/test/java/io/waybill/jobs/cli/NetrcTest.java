package io.waybill.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Connection;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NetrcTest {
  private static final String FILE =
      """
      # hubs
      machine hub.example login acme password one
      machine HUB.example
        login other password two
      macdef init
      machine trap.example login x password y

      default login anybody password three
      """;

  @Test
  void theFirstEntryOfTheHostAndTheUserCounts() {
    assertThat(key("hub.example", "acme")).hasValue("acme:one");
    assertThat(key("Hub.Example", "other")).hasValue("other:two");
    assertThat(key("hub.example", "")).hasValue("acme:one");
    assertThat(key("elsewhere.example", "")).hasValue("anybody:three");
    assertThat(key("elsewhere.example", "acme")).isEmpty();
  }

  @Test
  void macrosArePassedOver() {
    assertThat(key("trap.example", "x")).isEmpty();
  }

  private static Optional<String> key(String host, String user) {
    Optional<Connection.Login> login =
        Netrc.parse(FILE).find(host, user.isEmpty() ? Optional.empty() : Optional.of(user));
    return login.map(found -> found.user() + ":" + found.password().get());
  }
}
