package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.tcp.wire.LostException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostsTest {
  private static final Endpoint A = new Endpoint("a", 1);
  private static final Endpoint B = new Endpoint("b", 1);
  private static final Endpoint C = new Endpoint("c", 1);
  private long seconds = -1_000;

  private Hosts hosts(int first) {
    return new Hosts(List.of(A, B, C), first, () -> seconds * 1_000_000_000L);
  }

  @Test
  void oneThatFailedIsPassedOverAndTriedAgainLater() {
    Hosts hosts = hosts(0);
    hosts.failed(A);
    assertThat(hosts.toTry()).containsExactly(B, C);
    seconds++;
    assertThat(hosts.toTry()).containsExactly(A, B, C);
  }

  @Test
  void restsLongerEachTimeUpToAMinute() {
    Hosts hosts = hosts(0);
    for (int each = 0; each < 3; each++) {
      hosts.failed(A);
    }
    seconds += 3;
    assertThat(hosts.toTry()).containsExactly(B, C);
    seconds++;
    assertThat(hosts.toTry()).containsExactly(A, B, C);
    for (int each = 0; each < 99; each++) {
      hosts.failed(A);
    }
    seconds += 59;
    assertThat(hosts.toTry()).containsExactly(B, C);
    seconds++;
    assertThat(hosts.toTry()).containsExactly(A, B, C);
  }

  @Test
  void whenAllRestAllAreTriedThatOfTheShortestRestFirst() {
    Hosts hosts = hosts(0);
    hosts.failed(A);
    hosts.failed(A);
    hosts.failed(B);
    hosts.failed(B);
    hosts.failed(B);
    hosts.failed(C);
    assertThat(hosts.toTry()).containsExactly(C, A, B);
  }

  @Test
  void theOneThatWorkedComesFirst() {
    Hosts hosts = hosts(0);
    hosts.worked(B);
    assertThat(hosts.toTry()).containsExactly(B, C, A);
    assertThat(hosts.current()).isEqualTo(B);
  }

  @Test
  void beginsWhereItIsTold() {
    assertThat(hosts(5).toTry()).containsExactly(C, A, B);
  }

  @Test
  void addressesOfBothFamiliesTakeTurnsAndAreEightAtMost() throws Exception {
    assertThat(resolved("::1", "::2", "10.0.0.1", "::3", "10.0.0.2"))
        .containsExactly(
            "0:0:0:0:0:0:0:1", "10.0.0.1", "0:0:0:0:0:0:0:2", "10.0.0.2", "0:0:0:0:0:0:0:3");
    assertThat(resolved("10.0.0.1", "10.0.0.2", "::1"))
        .containsExactly("10.0.0.1", "0:0:0:0:0:0:0:1", "10.0.0.2");
    String[] many = new String[20];
    for (int i = 0; i < many.length; i++) {
      many[i] = "10.0.0." + i;
    }
    assertThat(resolved(many)).hasSize(Addresses.MOST);
  }

  private static List<String> resolved(String... literals) throws Exception {
    List<String> texts = new ArrayList<>();
    InetAddress[] all = new InetAddress[literals.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = InetAddress.getByName(literals[i]);
    }
    for (InetAddress each : Addresses.of("name", name -> all)) {
      texts.add(each.getHostAddress());
    }
    return texts;
  }

  @Test
  void aNameThatIsNotKnownIsALostConnection() {
    assertThatExceptionOfType(LostException.class)
        .isThrownBy(
            () ->
                Addresses.of(
                    "nowhere.invalid",
                    name -> {
                      throw new UnknownHostException(name);
                    }))
        .withMessageContaining("nowhere.invalid");
  }

  @Test
  void eachAddressGetsAFairShareOfTheTime() {
    assertThat(Addresses.share(Duration.ofSeconds(10), 4)).isEqualTo(Duration.ofMillis(2500));
    assertThat(Addresses.share(Duration.ofMillis(-3), 1)).isEqualTo(Duration.ofMillis(250));
  }
}
