package io.waybill.transfer.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.waybill.transfer.Credentials;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.tcp.access.CapReachedException.Cap;
import io.waybill.transfer.tcp.access.CidrList;
import io.waybill.transfer.tcp.access.ConnectionCaps;
import io.waybill.transfer.tcp.access.LoginGuard;
import io.waybill.transfer.tcp.access.ProxyHeaderWriter;
import io.waybill.transfer.tcp.login.Instance;
import io.waybill.transfer.tcp.login.Login;
import io.waybill.transfer.tcp.server.ServerUser;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.server.UsersFile;
import io.waybill.transfer.tcp.tls.Identity;
import io.waybill.transfer.tcp.tls.ServerTrust;
import io.waybill.transfer.tcp.wire.ErrorCode;
import io.waybill.transfer.tcp.wire.WireException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Who gets in at a server, from where, and how often one may try. */
class TcpGateIT {
  private static final String KEY = "key-of-mover";
  private static final String WRONG = "user or key is wrong";
  private static final CidrList LOOPBACK = CidrList.parse("127.0.0.0/8, ::1");
  private static final String GOOD_HOST = "10.1.2.3";
  private static final String BAD_HOST = "203.0.113.9";

  @TempDir Path directory;
  private Path root;

  @BeforeEach
  void makeRoot() throws IOException {
    root = Files.createDirectories(directory.resolve("served"));
  }

  private TransferServer.Builder server() {
    return TransferServer.builder(root).plaintext().user("mover", () -> KEY);
  }

  private static TcpTransfer connect(int port, String user, String key) {
    return TcpTransfer.connect(
        WaybillServer.builder("127.0.0.1", port)
            .credentials(new Credentials(user, () -> key))
            .plaintext()
            .backoff(TcpFixture.quick(1))
            .build());
  }

  private static RawClient from(int port, String address) throws IOException {
    return RawClient.connect(port, ProxyHeaderWriter.from(address), Instance.random());
  }

  private static WireException refusal(int port, String address, String user, String key)
      throws IOException {
    try (RawClient client = from(port, address)) {
      return catchThrowableOfType(WireException.class, () -> client.logIn(user, key));
    }
  }

  @Test
  void whoComesFromElsewhereFailsLikeAWrongKey() throws IOException {
    ServerUser inside =
        ServerUser.builder("inside").from(CidrList.parse("10.0.0.0/8,2001:db8::/32")).build();
    try (TransferServer server =
        server().user(inside, () -> "k").trustedProxies(LOOPBACK).build().start()) {
      WireException elsewhere = refusal(server.port(), "192.0.2.1", "inside", "k");
      WireException wrongKey = refusal(server.port(), "192.0.2.2", "mover", "k");
      WireException nobody = refusal(server.port(), "192.0.2.3", "nobody", "k");
      for (WireException each : new WireException[] {elsewhere, wrongKey, nobody}) {
        assertThat(each.code()).isEqualTo(ErrorCode.LOGIN_REFUSED);
        assertThat(each).hasMessage(wrongKey.getMessage()).hasMessageContaining(WRONG);
        assertThat(each.retryAfter()).isZero();
      }
      try (RawClient client = from(server.port(), GOOD_HOST)) {
        assertThat(client.logIn("inside", "k").user()).isEqualTo("inside");
      }
    }
  }

  @Test
  void behindABalancerTheClientWorksAndItsOwnAddressCounts() throws IOException {
    ServerUser inside = ServerUser.builder("inside").from(CidrList.parse("10.0.0.0/8")).build();
    try (TransferServer server =
            server().user(inside, () -> "k").trustedProxies(LOOPBACK).build().start();
        BalancerProxy good = new BalancerProxy(server.port(), GOOD_HOST);
        BalancerProxy bad = new BalancerProxy(server.port(), BAD_HOST)) {
      Path source = Files.write(directory.resolve("a"), new byte[3_000_000]);
      try (TcpTransfer transfer = connect(good.port(), "inside", "k")) {
        transfer.upload(source, "a");
      }
      assertThat(root.resolve("a")).hasSameBinaryContentAs(source);
      assertThatExceptionOfType(TransferException.Authentication.class)
          .isThrownBy(() -> connect(bad.port(), "inside", "k"))
          .withMessageContaining(WRONG);
    }
  }

  @Test
  void aTrustedBalancerMustSayWhomItSpeaksFor() throws IOException {
    try (TransferServer server = server().trustedProxies(LOOPBACK).build().start();
        RawClient client = RawClient.connect(server.port())) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> client.logIn("mover", KEY))
          .isNotInstanceOf(WireException.class); // it was hung up on
    }
  }

  @Test
  void aBalancerThatFallsSilentIsHungUpOnWithinTheTimeOfALogin() throws IOException {
    try (TransferServer server = server().trustedProxies(LOOPBACK).build().start();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(15_000);
      socket.getOutputStream().write(ProxyHeaderWriter.from(GOOD_HOST), 0, 14);
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void fromOthersAHeaderIsGarbage() throws IOException {
    try (TransferServer server = server().build().start()) {
      WireException refused = refusal(server.port(), GOOD_HOST, "mover", KEY);
      assertThat(refused.code()).isEqualTo(ErrorCode.LIMIT_EXCEEDED);
    }
  }

  @Test
  void whoGuessesIsSlowedAndThenBannedAndNotToldWhetherTheKeyWasRight() throws IOException {
    Instant[] now = {Instant.parse("2026-03-01T12:00:00Z")};
    LoginGuard guard =
        LoginGuard.builder(() -> now[0])
            .backoff(Duration.ofSeconds(2), Duration.ofSeconds(2))
            .build();
    try (TransferServer server =
        server().loginGuard(guard).clock(() -> now[0]).trustedProxies(LOOPBACK).build().start()) {
      for (int tries = 1; tries <= 10; tries++) {
        assertThat(refusal(server.port(), BAD_HOST, "nobody" + tries, "guess"))
            .hasMessageContaining(WRONG);
        if (tries == 3) {
          assertThat(refusal(server.port(), BAD_HOST, "mover", KEY).retryAfter())
              .isEqualTo(Duration.ofSeconds(2));
        }
        now[0] = now[0].plusSeconds(3);
      }
      WireException wrong = refusal(server.port(), BAD_HOST, "mover", "guess");
      WireException right = refusal(server.port(), BAD_HOST, "mover", KEY);
      assertThat(right).hasMessage(wrong.getMessage()).hasMessageContaining("too many logins");
      assertThat(right.code()).isEqualTo(ErrorCode.LOGIN_REFUSED);
      assertThat(right.retryAfter())
          .isEqualTo(wrong.retryAfter())
          .isEqualTo(Duration.ofMinutes(15).minusSeconds(3));
      try (RawClient client = from(server.port(), GOOD_HOST)) {
        assertThat(client.logIn("mover", KEY).user()).isEqualTo("mover");
      }
      now[0] = now[0].plus(Duration.ofMinutes(15));
      try (RawClient client = from(server.port(), BAD_HOST)) {
        assertThat(client.logIn("mover", KEY).user()).isEqualTo("mover");
      }
    }
  }

  @Test
  void aThousandFailedLoginsDoNotSlowAClientFromElsewhere() throws IOException {
    try (TransferServer server = server().trustedProxies(LOOPBACK).build().start()) {
      int looked = 0;
      for (int tries = 0; tries < 1000; tries++) {
        WireException refused = refusal(server.port(), BAD_HOST, "admin", "guess");
        assertThat(refused.code()).isEqualTo(ErrorCode.LOGIN_REFUSED);
        looked += refused.retryAfter().isZero() ? 1 : 0;
      }
      assertThat(looked).isBetween(3, 10);
      long begun = System.nanoTime();
      try (RawClient client = from(server.port(), GOOD_HOST)) {
        assertThat(client.logIn("mover", KEY).user()).isEqualTo("mover");
      }
      // not held back: the shortest delay of the guard is a second, and none is due
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void loopbackIsHeldBackAndNeverBanned() throws IOException {
    LoginGuard guard =
        LoginGuard.builder(InstantSource.system()).maxDelay(Duration.ofMillis(50)).build();
    try (TransferServer server = server().loginGuard(guard).build().start()) {
      for (int tries = 0; tries < 20; tries++) {
        try (RawClient client = RawClient.connect(server.port())) {
          assertThatExceptionOfType(WireException.class)
              .isThrownBy(() -> client.logIn("mover", "guess"))
              .withMessageContaining(WRONG);
        }
      }
      long begun = System.nanoTime();
      try (RawClient client = RawClient.connect(server.port())) {
        assertThat(client.logIn("mover", KEY).user()).isEqualTo("mover");
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(50));
    }
  }

  @Test
  void connectionsThatHaveNotLoggedInAreCapped() throws IOException {
    ConnectionCaps caps = ConnectionCaps.builder().limit(Cap.BEFORE_LOGIN, 2).build();
    try (TransferServer server = server().caps(caps).build().start();
        RawClient one = RawClient.connect(server.port());
        RawClient two = RawClient.connect(server.port())) {
      Awaitility.await().until(() -> caps.beforeLogin() == 2);
      assertUnavailable(server.port(), "2 connections wait for their login");
      one.logIn("mover", KEY);
      try (RawClient three = RawClient.connect(server.port())) {
        three.logIn("mover", KEY);
      }
      Awaitility.await().until(() -> caps.beforeLogin() == 1);
      two.close();
      Awaitility.await().until(() -> caps.connections() == 1);
    }
  }

  @Test
  void connectionsOfAUserAndOfAnAddressAndSessionsAreCapped() throws IOException {
    ConnectionCaps users = ConnectionCaps.builder().limit(Cap.USER, 1).build();
    ConnectionCaps addresses = ConnectionCaps.builder().limit(Cap.ADDRESS, 1).build();
    ConnectionCaps sessions = ConnectionCaps.builder().limit(Cap.SESSIONS, 1).build();
    for (ConnectionCaps caps : new ConnectionCaps[] {users, addresses, sessions}) {
      String words =
          caps == users
              ? "open for this user"
              : caps == addresses ? "open from this address" : "sessions are open";
      try (TransferServer server = server().caps(caps).build().start()) {
        try (RawClient one = RawClient.connect(server.port())) {
          one.logIn("mover", KEY);
          one.ticket(1);
          assertUnavailable(server.port(), words);
        }
        Awaitility.await().until(() -> caps.connections() == 0 && caps.sessions() == 0);
        try (RawClient next = RawClient.connect(server.port())) {
          next.logIn("mover", KEY);
          assertThat(next.ticket(1)).hasSize(43);
        }
      }
    }
  }

  @Test
  void aServerWithoutRoomSaysSoInItsLogAndIsNotTakenForOneThatSpeaksNoTls() throws IOException {
    Identity own = Identity.loadOrMake(directory.resolve("s"), "server", InstantSource.system());
    ConnectionCaps caps = ConnectionCaps.builder().limit(Cap.BEFORE_LOGIN, 1).build();
    Logger logger = (Logger) LoggerFactory.getLogger("io.waybill.transfer.tcp.server.Gate");
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    logger.setLevel(Level.WARN);
    try (TransferServer server =
            TransferServer.builder(root)
                .identity(own)
                .user("mover", () -> KEY)
                .caps(caps)
                .build()
                .start();
        Socket idle = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      assertThat(idle.isConnected()).isTrue();
      Awaitility.await().until(() -> caps.beforeLogin() == 1);
      WaybillServer settings =
          WaybillServer.builder("127.0.0.1", server.port())
              .trust(ServerTrust.pin(own.pin()))
              .credentials(new Credentials("mover", () -> KEY))
              .backoff(TcpFixture.quick(3))
              .build();
      assertThatExceptionOfType(TransferException.Connection.class)
          .isThrownBy(() -> TcpTransfer.connect(settings))
          .withMessageContaining("no room for another one");
    } finally {
      logger.setLevel(null);
      logger.detachAppender(logged);
    }
    assertThat(logged.list)
        .as("one line of three")
        .singleElement()
        .satisfies(
            each ->
                assertThat(each.getFormattedMessage())
                    .startsWith("event=no-room cap=before-login limit=1 for=127.0.0.1"));
  }

  private static void assertUnavailable(int port, String words) throws IOException {
    try (RawClient client = RawClient.connect(port)) {
      WireException refused =
          catchThrowableOfType(
              WireException.class,
              () -> {
                client.logIn("mover", KEY);
                client.next();
              });
      assertThat(refused.code()).isEqualTo(ErrorCode.UNAVAILABLE);
      assertThat(refused.retryAfter()).isPositive();
      assertThat(refused).hasMessageContaining(words);
    }
  }

  @Test
  void aTicketIsForTheClientThatAskedForItAndForOneUse() throws IOException {
    try (TransferServer server = server().trustedProxies(LOOPBACK).build().start()) {
      int port = server.port();
      byte[] header = ProxyHeaderWriter.from(GOOD_HOST);
      Instance instance = Instance.random();
      try (RawClient home = RawClient.connect(port, header, instance)) {
        home.logIn("mover", KEY);
        String ticket = home.ticket(1);
        try (RawClient thief = RawClient.connect(port, header, Instance.random())) {
          assertStolen(thief, ticket);
        }
        byte[] elsewhere = ProxyHeaderWriter.from(BAD_HOST);
        try (RawClient thief = RawClient.connect(port, elsewhere, instance)) {
          assertStolen(thief, ticket);
        }
        try (RawClient second = RawClient.connect(port, header, instance);
            RawClient again = RawClient.connect(port, header, instance)) {
          Login.Result joined = second.join(ticket);
          assertThat(joined.stream()).isEqualTo(1);
          assertStolen(again, ticket);
        }
        String late = home.ticket(2);
        home.close();
        Awaitility.await()
            .untilAsserted(
                () -> {
                  try (RawClient orphan = RawClient.connect(port, header, instance)) {
                    assertStolen(orphan, late);
                  }
                });
      }
    }
  }

  private static void assertStolen(RawClient thief, String ticket) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> thief.join(ticket))
        .withMessage("the ticket is for no session, or not for this client")
        .matches(e -> e.code() == ErrorCode.LOGIN_REFUSED);
  }

  @Test
  void aPinInTheUsersFileLetsThatCertificateInAndNoOther() throws IOException {
    Identity own = Identity.loadOrMake(directory.resolve("s"), "server", InstantSource.system());
    Identity known = Identity.loadOrMake(directory.resolve("k"), "any", InstantSource.system());
    Identity other = Identity.loadOrMake(directory.resolve("o"), "partner", InstantSource.system());
    UsersFile users = new UsersFile(directory.resolve("users"));
    users.put("mover", KEY, ".");
    Logger logger =
        (Logger) LoggerFactory.getLogger("io.waybill.transfer.tcp.server.ServerConnection");
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    logged.start();
    logger.addAppender(logged);
    logger.setLevel(Level.WARN);
    try (TransferServer server =
        TransferServer.builder(root).identity(own).users(users).build().start()) {
      users.put(ServerUser.builder("partner").build(), known.pin());
      WaybillServer.Builder settings =
          WaybillServer.builder("127.0.0.1", server.port())
              .trust(ServerTrust.pin(own.pin()))
              .backoff(TcpFixture.quick(1));
      try (TcpTransfer transfer = TcpTransfer.connect(settings.identity(known).build())) {
        transfer.mkdir("made");
      }
      assertThat(root.resolve("made")).isDirectory();
      assertThatExceptionOfType(TransferException.class)
          .isThrownBy(() -> TcpTransfer.connect(settings.identity(other).build()));
      users.remove("partner");
      assertThatExceptionOfType(TransferException.class)
          .isThrownBy(() -> TcpTransfer.connect(settings.identity(known).build()));
      Awaitility.await().until(() -> !logged.list.isEmpty());
    } finally {
      logger.setLevel(null);
      logger.detachAppender(logged);
    }
    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .allMatch(each -> each.startsWith("event=certificate-refused"));
  }

  @Test
  void aRunningServerTakesChangesOfItsUsersFile() throws IOException {
    UsersFile users = new UsersFile(directory.resolve("users"));
    users.put("one", "first", ".");
    try (TransferServer server =
        TransferServer.builder(root).plaintext().users(users).build().start()) {
      try (TcpTransfer one = connect(server.port(), "one", "first")) {
        users.put("two", "second", ".");
        connect(server.port(), "two", "second").close();
        users.remove("one");
        assertThat(one.list("", false)).isEmpty(); // what is open goes on
      }
      assertThatExceptionOfType(TransferException.Authentication.class)
          .isThrownBy(() -> connect(server.port(), "one", "first"))
          .withMessageContaining(WRONG);
      Files.writeString(
          directory.resolve("users"),
          "three\tnonsense\t.\n" + Files.readString(directory.resolve("users")));
      connect(server.port(), "two", "second").close();
    }
  }

  @Test
  void whoHasNoDirectoryYetIsToldAndLetInOnceThereIsOne() throws IOException {
    UsersFile users = new UsersFile(directory.resolve("users"));
    users.put("one", "first", "later");
    try (TransferServer server =
        TransferServer.builder(root).plaintext().users(users).build().start()) {
      assertThatExceptionOfType(TransferException.class)
          .isThrownBy(() -> connect(server.port(), "one", "first"))
          .withMessageContaining("the directory of user one is not there at the server");
      assertThat(root.resolve("later")).doesNotExist();
      Files.createDirectory(root.resolve("later"));
      connect(server.port(), "one", "first").close();
    }
  }

  @Test
  void nobodyIsServedTheServersOwnFiles() throws IOException {
    Identity own = Identity.loadOrMake(root.resolve("in/own"), "server", InstantSource.system());
    UsersFile users = new UsersFile(root.resolve("users"));
    Files.createDirectory(root.resolve("out"));
    users.put("one", "first", "out");
    TransferServer.builder(root).identity(own).users(users).build();
    for (String exposed : List.of("in", ".")) {
      users.put("one", "first", exposed);
      assertThatExceptionOfType(TransferException.Configuration.class)
          .isThrownBy(() -> TransferServer.builder(root).identity(own).users(users).build())
          .withMessageContaining("user one could reach it");
    }
  }
}
