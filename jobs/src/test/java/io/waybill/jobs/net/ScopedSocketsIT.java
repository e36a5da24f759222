package io.waybill.jobs.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.jobs.CancelScope;
import io.waybill.jobs.CancelScope.Cause;
import io.waybill.transfer.proxy.ProxyServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import javax.net.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ScopedSocketsIT {
  private static final String TARGET = "files.example";

  @Test
  void aDirectSocketHasAChannelForTheChunkProtocol() throws IOException {
    try (Socket socket = ScopedSockets.direct().apply(new CancelScope()).createSocket()) {
      assertThat(socket.getChannel()).isNotNull();
    }
  }

  @Test
  void cancellingTheScopeEndsABlockedRead() throws Exception {
    CancelScope scope = new CancelScope();
    SocketFactory factory = ScopedSockets.direct().apply(scope);
    try (ServerSocket silent = listen();
        Socket socket =
            factory.createSocket(InetAddress.getLoopbackAddress(), silent.getLocalPort())) {
      CompletableFuture<Integer> read =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return socket.getInputStream().read();
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              });
      scope.cancel(Cause.CANCELLED);
      assertThatThrownBy(read::get).isInstanceOf(ExecutionException.class);
      assertThatThrownBy(factory::createSocket).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void aProxyThatIsNotThereIsNamed() throws Exception {
    int free;
    try (ServerSocket gone = listen()) {
      free = gone.getLocalPort();
    }
    assertThatThrownBy(() -> connect(ProxyServer.socks5("127.0.0.1", free)))
        .isInstanceOf(ConnectException.class)
        .hasMessageStartingWith("SOCKS5 proxy 127.0.0.1:" + free + ": ");
  }

  @Test
  void socks5IsAskedForTheNameAndNotTheAddress() throws Exception {
    try (ServerSocket server = listen()) {
      CompletableFuture<String> asked =
          serving(
              server,
              socket -> {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                in.readFully(new byte[3]);
                socket.getOutputStream().write(new byte[] {5, 0});
                in.readFully(new byte[4]);
                String name = new String(in.readNBytes(in.read()), StandardCharsets.US_ASCII);
                int port = in.readUnsignedShort();
                socket.getOutputStream().write(new byte[] {5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 'h', 'i'});
                return name + ":" + port;
              });
      try (Socket socket = connect(ProxyServer.socks5("127.0.0.1", server.getLocalPort()))) {
        assertThat(socket.getInputStream().readNBytes(2)).containsExactly('h', 'i');
        assertThat(asked.get()).isEqualTo(TARGET + ":7400");
      }
    }
  }

  @Test
  void socks5SaysWhatTheProxyCouldNotReach() throws Exception {
    try (ServerSocket server = listen()) {
      CompletableFuture<String> unused =
          serving(
              server,
              socket -> {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                in.readFully(new byte[3]);
                socket.getOutputStream().write(new byte[] {5, 0});
                in.readFully(new byte[7 + TARGET.length()]);
                socket.getOutputStream().write(new byte[] {5, 4, 0, 1, 0, 0, 0, 0, 0, 0});
                return "";
              });
      assertThatThrownBy(() -> connect(ProxyServer.socks5("127.0.0.1", server.getLocalPort())))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "the SOCKS5 proxy did not connect to files.example:7400: the host is unreachable (reply 4)");
    }
  }

  @Test
  void httpConnectLeavesWhatFollowsTheBlankLineToTheCaller() throws Exception {
    try (ServerSocket server = listen()) {
      CompletableFuture<String> asked =
          serving(
              server,
              socket -> {
                String head = head(socket.getInputStream());
                socket
                    .getOutputStream()
                    .write("HTTP/1.1 200 ok\r\nA: b\r\n\r\nhi".getBytes(StandardCharsets.US_ASCII));
                return head;
              });
      try (Socket socket = connect(ProxyServer.httpConnect("127.0.0.1", server.getLocalPort()))) {
        assertThat(socket.getInputStream().readNBytes(2)).containsExactly('h', 'i');
        assertThat(asked.get())
            .isEqualTo("CONNECT files.example:7400 HTTP/1.1\r\nHost: files.example:7400\r\n\r\n");
      }
    }
  }

  @Test
  void httpConnectSaysWhyTheProxyRefused() throws Exception {
    try (ServerSocket server = listen()) {
      CompletableFuture<String> unused =
          serving(
              server,
              socket -> {
                head(socket.getInputStream());
                socket
                    .getOutputStream()
                    .write("HTTP/1.1 407 who are you\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                return "";
              });
      assertThatThrownBy(() -> connect(ProxyServer.httpConnect("127.0.0.1", server.getLocalPort())))
          .hasMessageContaining("wants a login")
          .hasMessageContaining("407");
    }
  }

  private static Socket connect(ProxyServer proxy) throws IOException {
    ScopedSockets sockets = new ScopedSockets(Optional.of(proxy));
    Socket socket = sockets.apply(new CancelScope()).createSocket();
    socket.connect(InetSocketAddress.createUnresolved(TARGET, 7400), 5000);
    return socket;
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  private static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  /** What a proxy does with its one client; the client closes the connection. */
  private interface Service {
    String serve(Socket client) throws IOException;
  }

  private static CompletableFuture<String> serving(ServerSocket server, Service service) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return service.serve(server.accept());
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
  }
}
