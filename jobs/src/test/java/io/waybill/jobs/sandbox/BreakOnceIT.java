package io.waybill.jobs.sandbox;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.testkit.Leaks;
import io.waybill.testkit.Script;
import io.waybill.testkit.ScriptedServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(Leaks.class)
class BreakOnceIT {
  private static final byte[] PAYLOAD = new byte[200_000];

  @Test
  void breaksTheFirstConnectionThatCarriesEnoughAndNoOther() throws Exception {
    Script download = Script.start().send(PAYLOAD);
    Script greeting = Script.start().send("220 hello");
    try (ScriptedServer server = ScriptedServer.playing(greeting, download);
        BreakOnce proxy = BreakOnce.inFrontOf(server.port(), 50_000)) {
      assertThat(bytesRead(proxy)).isEqualTo(9);
      assertThat(proxy.hasBroken()).isFalse();

      assertThat(bytesRead(proxy)).isLessThanOrEqualTo(50_000);
      assertThat(proxy.hasBroken()).isTrue();

      assertThat(bytesRead(proxy)).isEqualTo(PAYLOAD.length);
      assertThat(server.connections()).isEqualTo(3);
    }
  }

  @Test
  void passesBytesBothWaysAndTheEnd() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.playing(Script.start().expect("hi (.*)").reply("ho $1"));
        BreakOnce proxy = BreakOnce.inFrontOf(server.port(), 50_000);
        Socket client = connect(proxy)) {
      client.getOutputStream().write("hi there\n".getBytes(UTF_8));
      client.shutdownOutput();

      assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("ho there\r\n");
      assertThat(proxy.hasBroken()).isFalse();
    }
  }

  @Test
  void closeEndsWhatIsOpen() throws Exception {
    try (ScriptedServer server = ScriptedServer.playing(Script.start().send("x").stall())) {
      BreakOnce proxy = BreakOnce.inFrontOf(server.port(), 1_000);
      try (Socket client = connect(proxy)) {
        assertThat(client.getInputStream().read()).isEqualTo('x');

        proxy.close();

        assertThat(client.getInputStream().read()).isEqualTo(-1);
        assertThatThrownBy(() -> connect(proxy)).isInstanceOf(IOException.class);
      } finally {
        proxy.close();
      }
    }
  }

  private static Socket connect(BreakOnce proxy) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Returns how many bytes came before the connection ended, one way or the other. */
  private static int bytesRead(BreakOnce proxy) throws IOException {
    int count = 0;
    try (Socket client = connect(proxy)) {
      byte[] buffer = new byte[8192];
      int length;
      while ((length = client.getInputStream().read(buffer)) >= 0) {
        count += length;
      }
    } catch (SocketException reset) {
      return count;
    }
    return count;
  }
}
