package io.waybill.transfer.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.tcp.tls.Pin;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceDiscoveryTest {
  private static final String PIN = "sha-256:n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg";

  @Test
  void anAnnouncementIsNameAddressPortAndPin() throws Exception {
    AnnouncedServer server =
        ServiceDiscovery.read("hub", addresses(), 7400, "1", PIN).orElseThrow();

    assertThat(server)
        .isEqualTo(new AnnouncedServer("hub", "192.0.2.7", 7400, "1", Optional.of(Pin.parse(PIN))));
  }

  @Test
  void whatCouldSteerATerminalIsLeftOutAndTextIsBounded() throws Exception {
    AnnouncedServer server =
        ServiceDiscovery.read(
                "a\u001b[2Jb\u202e" + "x".repeat(200), addresses(), 7400, "9\n".repeat(50), null)
            .orElseThrow();

    assertThat(server.name()).startsWith("a[2Jbxx").hasSize(63);
    assertThat(server.version()).isEqualTo("9".repeat(16));
  }

  @Test
  void aMalformedPinIsNone() throws Exception {
    assertThat(ServiceDiscovery.read("hub", addresses(), 7400, "1", "sha-256:short"))
        .hasValueSatisfying(server -> assertThat(server.pin()).isEmpty());
  }

  @Test
  void whatCannotBeConnectedToIsNothing() throws Exception {
    assertThat(ServiceDiscovery.read("hub", addresses(), 0, "1", PIN)).isEmpty();
    assertThat(ServiceDiscovery.read("hub", List.of(), 7400, "1", PIN)).isEmpty();
  }

  private static List<InetAddress> addresses() throws UnknownHostException {
    return List.of(
        InetAddress.getByAddress(new byte[16]),
        InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, 7}));
  }
}
