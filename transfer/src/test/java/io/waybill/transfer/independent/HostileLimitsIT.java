package io.waybill.transfer.independent;

import static io.waybill.transfer.independent.HostilePeer.BUSY;
import static io.waybill.transfer.independent.HostilePeer.CLOSED_WITHOUT_A_WORD;
import static io.waybill.transfer.independent.HostilePeer.LIMIT_EXCEEDED;
import static io.waybill.transfer.independent.HostilePeer.LOGIN_REFUSED;
import static io.waybill.transfer.independent.HostilePeer.PROTOCOL_VIOLATION;
import static io.waybill.transfer.independent.HostilePeer.TIMEOUT;
import static io.waybill.transfer.independent.HostilePeer.endOfSession;
import static io.waybill.transfer.independent.HostilePeer.frame;
import static io.waybill.transfer.independent.HostilePeer.offer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.testkit.Leaks;
import io.waybill.transfer.independent.IndependentFrame.Fields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tickets of others, and more of everything than anybody needs. */
class HostileLimitsIT {
  private static final int CRITICAL = IndependentFrame.CRITICAL;
  private static final int OFFER = 0x10;
  private static final int STAT = 0x21;
  private static final byte[] NOTHING = {};

  @TempDir Path directory;

  @RegisterExtension final Leaks leaks = Leaks.watching(() -> directory);

  private ServedRoot served;

  @BeforeEach
  void start() throws Exception {
    served = new ServedRoot(directory);
  }

  @AfterEach
  void servesAGoodClientAfterAll() throws Exception {
    try (ServedRoot last = served) {
      HostilePeer.assertServesAGoodClient(last);
    }
  }

  private static byte[] fields(int type, long id, Fields fields) {
    return frame(type, CRITICAL, 0, id, fields.payload());
  }

  @Test
  void ticketIsForOneUse() throws Exception {
    try (IndependentClient client = served.login()) {
      String ticket = client.tickets(1).get(0);
      client.join(served.connect(), ticket);
      assertThat(endOfJoin(ticket, served.instance)).isEqualTo(LOGIN_REFUSED);
    }
  }

  @Test
  void stolenTicketIsWorthNothingToAnotherInstanceNorAfterTheSession() throws Exception {
    String left;
    try (IndependentClient client = served.login()) {
      List<String> tickets = client.tickets(2);
      left = tickets.get(1);
      assertThat(endOfJoin(tickets.get(0), IndependentClient.newInstance()))
          .isEqualTo(LOGIN_REFUSED);
      client.list("");
    }
    assertThat(endOfJoin(left, served.instance)).isEqualTo(LOGIN_REFUSED);
    assertThat(endOfJoin("A".repeat(43), served.instance)).isEqualTo(LOGIN_REFUSED);
  }

  private long endOfJoin(String ticket, byte[] instance) throws Exception {
    try (IndependentStream thief = HostilePeer.stream(served.connect())) {
      thief.hello(instance, "sha-256-tree", "streams");
      thief.send(0x02, 0, new Fields().text(8, "TICKET").text(9, ticket));
      return HostilePeer.end(thief);
    }
  }

  @Test
  void openExchangesAreBounded() throws Exception {
    long handles = openHandles();
    long end = 0;
    try (IndependentClient client = served.login()) {
      client.first().socket.setSoTimeout(10_000);
      for (int i = 1; i <= 65; i++) {
        client.first().write(fields(OFFER, i, offer("f" + i, 7)));
      }
      try {
        for (int i = 1; i <= 65; i++) { // each on its own thread there: in any order
          client.first().receive();
        }
      } catch (IndependentStream.Refused e) {
        end = e.code;
      }
      assertThat(openHandles() - handles).isLessThan(64 * 4 + 20);
    }
    assertThat(end).isEqualTo(LIMIT_EXCEEDED);
    for (int i = 1; i <= 65; i++) {
      String path = "f" + i;
      // the ended session's threads may still have it for a moment
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptionsMatching(e -> e instanceof IndependentStream.Refused r && r.code == BUSY)
          .until(() -> discard(path));
    }
  }

  @Test
  void ticketsForMoreStreamsThanThereCanBeAreRefused() throws Exception {
    Fields million = new Fields().number(11, 1_000_000);
    assertThat(endOfSession(served, fields(0x05, 1, million))).isEqualTo(PROTOCOL_VIOLATION);
  }

  private boolean discard(String path) throws Exception {
    try (IndependentClient client = served.login()) {
      client.first().write(fields(OFFER, 1, offer(path, 7)));
      client.first().receive(0x11, 1);
      client.first().send(0x16, 0x10, 1, NOTHING);
      client.first().receive(0x26, 1);
      return true;
    }
  }

  private static long openHandles() throws Exception {
    try (var handles = Files.list(Path.of("/proc/self/fd"))) {
      return handles.count();
    }
  }

  @Test
  void offersWithoutEndLeaveNothing() throws Exception {
    try (IndependentClient client = served.login()) {
      long handles = openHandles();
      for (int i = 0; i < 1_000; i++) {
        client.abort(client.offer(ServedRoot.source("f", 100), 0), true);
      }
      assertThat(openHandles()).isLessThan(handles + 10);
      client.list("");
    }
    assertThat(served.names()).isEmpty();
  }

  @Test
  void silenceInTheMiddleOfAFrameEndsTheSession() throws Exception {
    try (ServedRoot hasty =
        new ServedRoot(
            directory.resolve("hasty"),
            builder -> builder.plaintext().idleTimeout(Duration.ofSeconds(1)))) {
      byte[] stat = fields(STAT, 1, new Fields().text(32, "x"));
      for (int length : List.of(1, 15, 16, stat.length - 1)) {
        long start = System.nanoTime();
        assertThat(endOfSession(hasty, Arrays.copyOf(stat, length)))
            .isIn(TIMEOUT, CLOSED_WITHOUT_A_WORD);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));
      }
      HostilePeer.assertServesAGoodClient(hasty);
    }
  }

  @Test
  void peerThatAsksAndDoesNotReadIsLetGo() throws Exception {
    for (int i = 0; i < 300; i++) {
      Files.createFile(served.root.resolve("n".repeat(240) + i));
    }
    try (ServedRoot hasty =
            new ServedRoot(
                directory, builder -> builder.plaintext().idleTimeout(Duration.ofSeconds(1)));
        IndependentClient client = hasty.login()) {
      client.first().socket.setSoTimeout(10_000);
      assertThatThrownBy(
              () -> {
                for (int i = 1; true; i++) {
                  Fields list = new Fields().text(32, "").number(54, 64);
                  client.first().write(fields(0x20, i, list));
                }
              })
          .isInstanceOf(java.net.SocketException.class);
      HostilePeer.assertServesAGoodClient(hasty);
    }
  }
}
