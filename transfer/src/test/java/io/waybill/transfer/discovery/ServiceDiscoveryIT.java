package io.waybill.transfer.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.tcp.tls.Pin;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Over multicast on the loopback interface. */
@Timeout(120)
class ServiceDiscoveryIT {
  private static final Pin PIN = Pin.parse("sha-256:n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg");
  private static final List<InetAddress> LOOPBACK = List.of(InetAddress.getLoopbackAddress());

  @Test
  void anAnnouncedServerIsFoundOnceAndIsGoneWhenItCloses() throws Exception {
    String name = "waybill-test-" + UUID.randomUUID().toString().substring(0, 8);
    try (ServiceAnnouncement announcement =
        ServiceAnnouncement.start(name, 7411, Optional.of(PIN), LOOPBACK)) {
      List<AnnouncedServer> found = find(name);
      for (int more = 0; found.isEmpty() && more < 5; more++) {
        found = find(name); // multicast may lose a packet
      }
      assertThat(found)
          .containsExactly(new AnnouncedServer(name, "127.0.0.1", 7411, "1", Optional.of(PIN)));
      announcement.close();
      assertThat(find(name)).isEmpty();
    }
  }

  private static List<AnnouncedServer> find(String name) throws Exception {
    return ServiceDiscovery.find(Duration.ofSeconds(3), LOOPBACK).stream()
        .filter(server -> server.name().equals(name))
        .toList();
  }
}
