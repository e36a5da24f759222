package io.waybill.jobs.step;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.Connection.Trust;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every key of {@code check} once as written and once left out, and what is refused. */
class CheckKeysTest {
  @TempDir Path directory;

  private CheckStep step(String keys) {
    return new OneStepFile(directory).bind("{ check: { " + keys + " } }", "x", CheckStep.class);
  }

  @Test
  void whatIsNotSaidIsAsUsual() {
    CheckStep step = step("connections: site");

    assertThat(step.targets()).singleElement().isInstanceOf(CheckTarget.Login.class);
    assertThat(step.trust()).isEqualTo(new Trust.Public());
    assertThat(step.certificates().isAsked()).isFalse();
    assertThat(step.within()).isEqualTo(Duration.ofSeconds(10));
  }

  @Test
  void everyKey() {
    CheckStep step =
        step(
            "connections: [site, box], tcp: 'db:5432', udp: '[::1]:53', dns: '${params.p}.example', tls: ['a:1', 'b:2'], http: 'http://c/d?e=f', ca: ca.pem, warn-cert-days: 21, fail-cert-days: 7, within: 2s");

    assertThat(step.targets())
        .extracting(target -> target.kind() + " " + target.name())
        .containsExactly(
            "connection site",
            "connection box",
            "tcp db:5432",
            "udp [::1]:53",
            "dns x.example",
            "tls a:1",
            "tls b:2",
            "http http://c/d");
    assertThat(step.trust()).isEqualTo(new Trust.Authority(directory.resolve("ca.pem")));
    assertThat(step.certificates())
        .isEqualTo(new CheckStep.Certificates(OptionalLong.of(21), OptionalLong.of(7)));
    assertThat(step.within()).isEqualTo(Duration.ofSeconds(2));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          within: 1s                    | nothing is checked; write "connections"
          connections: sight            | "sight"
          tcp: db                       | "tcp" has "db"; write HOST:PORT
          tcp: 'db:70000'               | "tcp" has "db:70000"
          udp: 'tcp://db:1'             | "udp" has "tcp://db:1"
          tls: ':443'                   | "tls" has ":443"
          dns: 'https://a'              | "dns" has "https://a"; write a name
          http: 'a.example'             | "http" has "a.example"
          http: 'https://u:p@a.example/' | has a login in it
          tcp: 'a:1', warn-cert-days: -1 | "warn-cert-days" is a number of days
          tcp: 'a:1', within: 0s        | "within" is 0, in which nobody could answer
          """)
  void whatIsRefusedAtLoad(String keys, String why) {
    assertThat(new OneStepFile(directory).problems("{ check: { " + keys + " } }"))
        .singleElement()
        .asString()
        .contains(why.strip());
  }
}
