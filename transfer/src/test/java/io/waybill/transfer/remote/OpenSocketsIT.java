package io.waybill.transfer.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenSocketsIT {
  @Test
  void whatIsMadeAfterTheEndIsClosedAtOnce() throws Exception {
    OpenSockets sockets = new OpenSockets(RemoteTerms.builder().build());
    AtomicInteger closed = new AtomicInteger();
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      sockets.closeAll();
      assertThatThrownBy(
              () ->
                  sockets.connect(
                      server.getInetAddress().getHostAddress(), server.getLocalPort(), "ftp"))
          .isInstanceOf(SocketException.class);
    }
    sockets.add(closed::incrementAndGet);
    assertThat(closed).hasValue(1);
  }
}
