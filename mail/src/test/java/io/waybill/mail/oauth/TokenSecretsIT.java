package io.waybill.mail.oauth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.waybill.mail.MailException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class TokenSecretsIT {
  private static final String CLIENT_SECRET = "planted+client/secret";
  private static final String REFRESH = "planted-refresh-token";
  private static final String ROTATED = "planted-rotated-token";
  private static final String ACCESS = "planted-access-token";

  /** Lets everything fail, and some succeed, with a provider that repeats what it is sent. */
  @ParameterizedTest
  @EnumSource(ClientAuthentication.class)
  void plantedSecretsAreInNoLogNoExceptionAndNoName(ClientAuthentication way) throws IOException {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    PrintStream capture = new PrintStream(written, true, UTF_8);
    PrintStream out = System.out;
    PrintStream err = System.err;
    Handler handler = new StreamHandler(capture, new SimpleFormatter());
    handler.setLevel(Level.ALL);
    Logger root = Logger.getLogger("");
    Level before = root.getLevel();
    root.addHandler(handler);
    root.setLevel(Level.ALL);
    System.setOut(capture);
    System.setErr(capture);
    try {
      work(capture, way);
    } finally {
      System.setOut(out);
      System.setErr(err);
      handler.flush();
      root.removeHandler(handler);
      root.setLevel(before);
    }
    String basic =
        Base64.getEncoder()
            .encodeToString(("client:" + URLEncoder.encode(CLIENT_SECRET, UTF_8)).getBytes(UTF_8));
    assertThat(written.toString(UTF_8))
        .contains("OAuth2TokenSource[client at ")
        .contains("invalid_grant")
        .contains("not shown")
        .doesNotContain(CLIENT_SECRET)
        .doesNotContain(URLEncoder.encode(CLIENT_SECRET, UTF_8))
        .doesNotContain(REFRESH)
        .doesNotContain(ROTATED)
        .doesNotContain(ACCESS)
        .doesNotContain(basic);
  }

  private static void work(PrintStream capture, ClientAuthentication way) throws IOException {
    String repeats = "\"error_description\":\"%s was sent\"}";
    try (TokenServer server = new TokenServer()) {
      for (String secret : List.of(CLIENT_SECRET, REFRESH)) {
        server.answer(400, "{\"error\":\"invalid_grant\"," + repeats.formatted(secret));
        server.answer(400, "{\"error\":\"" + secret + "\"," + repeats.formatted("x"));
        server.answer(503, "{\"error\":\"x\"," + repeats.formatted(secret));
        server.answer(200, secret);
      }
      for (int i = 0; i < 8; i++) {
        OAuth2TokenSource source = source(server.uri(), new MemoryStore(REFRESH), way);
        catchThrowableOfType(MailException.class, source::token).printStackTrace(capture);
      }
      MemoryStore full = new MemoryStore(REFRESH);
      full.breaks(true);
      server.grant(ACCESS, ",\"refresh_token\":\"" + ROTATED + "\"");
      OAuth2TokenSource source = source(server.uri(), full, way);
      catchThrowableOfType(MailException.class, source::token).printStackTrace(capture);
      full.breaks(false);
      capture.println(source.token() + " " + source);
      assertThat(source.token().value()).isEqualTo(ACCESS);
    }
  }

  /** Exceptions of HTTP clients quote what is no HTTP. */
  @Test
  void aPeerThatEchoesInsteadOfSpeakingHttpLearnsNothingNew() throws Exception {
    try (ServerSocket echo = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread peer =
          new Thread(
              () -> {
                try (Socket socket = echo.accept();
                    InputStream in = socket.getInputStream()) {
                  StringBuilder request = new StringBuilder();
                  String last = URLEncoder.encode(CLIENT_SECRET, UTF_8);
                  while (request.indexOf(last) < 0) { // unread bytes would reset the connection
                    request.append((char) in.read());
                  }
                  String line = REFRESH + " is no status line\r\n\r\n";
                  socket.getOutputStream().write(line.getBytes(UTF_8));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
      peer.start();
      OAuth2TokenSource source =
          source(
              URI.create("http://127.0.0.1:" + echo.getLocalPort() + "/token"),
              new MemoryStore(REFRESH),
              ClientAuthentication.POST);
      MailException failure = catchThrowableOfType(MailException.class, source::token);
      ByteArrayOutputStream trace = new ByteArrayOutputStream();
      failure.printStackTrace(new PrintStream(trace, true, UTF_8));
      assertThat(failure.isTransient()).isTrue();
      assertThat(trace.toString(UTF_8))
          .contains("cannot be asked")
          .contains("not shown")
          .doesNotContain(REFRESH);
      peer.join();
    }
  }

  private static OAuth2TokenSource source(
      URI endpoint, RefreshTokenStore store, ClientAuthentication way) {
    return OAuth2TokenSource.builder(endpoint)
        .clientId("client")
        .clientSecret(() -> CLIENT_SECRET)
        .clientAuthentication(way)
        .refreshToken(store)
        .build();
  }
}
