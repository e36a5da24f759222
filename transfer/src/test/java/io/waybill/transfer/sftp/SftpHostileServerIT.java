package io.waybill.transfer.sftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import io.waybill.transfer.TransferOptions;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that break the protocol, or stretch it as far as it goes. */
@Timeout(60)
class SftpHostileServerIT {
  private static final byte[] CONTENT = new byte[3_000_017];
  @TempDir Path home;
  @TempDir Path local;

  static {
    new Random(1).nextBytes(CONTENT);
  }

  /** What is done with a server. */
  interface Use {
    void with(FileTransfer sftp) throws IOException;
  }

  private void against(ScriptedSftp.Script script, Use use) throws IOException {
    try (SftpSandbox sandbox = new SftpSandbox(home, new ScriptedSftp(CONTENT, script));
        FileTransfer sftp =
            SftpTransfer.connect(
                sandbox
                    .settings()
                    .replyTimeout(Duration.ofSeconds(2))
                    .idleTimeout(Duration.ofSeconds(2))
                    .maxReconnects(0)
                    .build())) {
      use.with(sftp);
    }
  }

  private static void breaksTheProtocol(ThrowingCallable call) {
    assertThatExceptionOfType(TransferException.Protocol.class).isThrownBy(call);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../../x", "/etc/passwd", "a/b", "", "a\0b"})
  void nameThatIsNoneIsRefused(String name) throws IOException {
    against(
        (type, id, fields, out) -> {
          if (type == Fxp.READDIR) {
            ScriptedSftp.packet(out, Fxp.NAME, id, ScriptedSftp.names("good", name));
          }
          return type == Fxp.READDIR;
        },
        sftp -> breaksTheProtocol(() -> sftp.list("d", false)));
  }

  @Test
  void listingWithoutEndIsGivenUp() throws IOException {
    String[] names = IntStream.range(0, 4000).mapToObj(i -> "n" + i).toArray(String[]::new);
    byte[] page = ScriptedSftp.names(names);
    against(
        (type, id, fields, out) -> {
          if (type == Fxp.READDIR) {
            ScriptedSftp.packet(out, Fxp.NAME, id, page);
          }
          return type == Fxp.READDIR;
        },
        sftp -> breaksTheProtocol(() -> sftp.list("d", false)));
  }

  @Test
  void listingOfNothingIsNoEnd() throws IOException {
    against(
        (type, id, fields, out) -> {
          if (type == Fxp.READDIR) {
            ScriptedSftp.packet(out, Fxp.NAME, id, ScriptedSftp.names());
          }
          return type == Fxp.READDIR;
        },
        sftp -> breaksTheProtocol(() -> sftp.list("d", false)));
  }

  @Test
  void shortReadsAreAskedForAgain() throws IOException {
    Random random = new Random(2);
    against(
        (type, id, fields, out) -> {
          if (type != Fxp.READ) {
            return false;
          }
          data(id, fields, out, length -> 1 + random.nextInt(length));
          return true;
        },
        sftp -> {
          sftp.download("f", local.resolve("f"));
          assertThat(local.resolve("f")).hasBinaryContent(CONTENT);
        });
  }

  @Test
  void repliesInAnyOrderAreBroughtIntoTheirs() throws IOException {
    record Asked(int id, ByteBuffer fields) {}
    Deque<Asked> held = new ArrayDeque<>();
    AtomicInteger left = new AtomicInteger((CONTENT.length + (32 << 10) - 1) / (32 << 10));
    against(
        (type, id, fields, out) -> {
          if (type != Fxp.READ) {
            return false;
          }
          held.push(new Asked(id, fields));
          if (held.size() == 20 || held.size() == left.get()) {
            left.addAndGet(-held.size());
            while (!held.isEmpty()) {
              Asked last = held.pop();
              data(last.id(), last.fields(), out, length -> length);
            }
          }
          return true;
        },
        sftp -> {
          sftp.download("f", local.resolve("f"));
          assertThat(local.resolve("f")).hasBinaryContent(CONTENT);
        });
  }

  private interface Cut {
    int of(int length);
  }

  private static void data(int id, ByteBuffer fields, DataOutputStream out, Cut cut)
      throws IOException {
    ScriptedSftp.string(fields);
    int offset = (int) fields.getLong();
    int length = cut.of(Math.min(fields.getInt(), CONTENT.length - offset));
    byte[] data = Arrays.copyOfRange(CONTENT, offset, offset + length);
    ScriptedSftp.packet(out, Fxp.DATA, id, ScriptedSftp.fields((Object) data));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 40_000})
  void dataOfAnotherLengthThanAskedForIsRefused(int length) throws IOException {
    against(
        (type, id, fields, out) -> {
          if (type == Fxp.READ) {
            ScriptedSftp.packet(out, Fxp.DATA, id, ScriptedSftp.fields((Object) new byte[length]));
          }
          return type == Fxp.READ;
        },
        sftp -> breaksTheProtocol(() -> sftp.download("f", local.resolve("f"))));
    assertThat(local.resolve("f")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 4, 300_000, Integer.MAX_VALUE})
  void packetOfAnImpossibleLengthIsRefusedBeforeItIsRead(int length) throws IOException {
    against(
        (type, id, fields, out) -> {
          if (type == Fxp.STAT) {
            out.writeInt(length);
            out.write(new byte[9]);
            out.flush();
          }
          return type == Fxp.STAT;
        },
        sftp -> breaksTheProtocol(() -> sftp.stat("f")));
  }

  @Test
  void dataShorterThanItsLengthFieldIsRefused() throws IOException {
    against(
        (type, id, fields, out) -> {
          if (type == Fxp.READ) {
            byte[] lies = ScriptedSftp.fields((Object) new byte[100]);
            ByteBuffer.wrap(lies).putInt(200);
            ScriptedSftp.packet(out, Fxp.DATA, id, lies);
          }
          return type == Fxp.READ;
        },
        sftp -> breaksTheProtocol(() -> sftp.download("f", local.resolve("f"))));
  }

  @Test
  void replyThatNobodyAskedForIsRefused() throws IOException {
    against(
        (type, id, fields, out) -> {
          if (type == Fxp.STAT || type == Fxp.WRITE) {
            ScriptedSftp.status(out, id + 7, Status.OK);
          }
          return type == Fxp.STAT || type == Fxp.WRITE;
        },
        sftp -> breaksTheProtocol(() -> sftp.stat("f")));
  }

  @Test
  void sizeBeyond63BitsIsRefused() throws IOException {
    against(
        (type, id, fields, out) -> {
          if (type == Fxp.STAT) {
            ScriptedSftp.packet(out, Fxp.ATTRS, id, ScriptedSftp.fields(1, -5L));
          }
          return type == Fxp.STAT;
        },
        sftp -> breaksTheProtocol(() -> sftp.download("f", local.resolve("f"))));
  }

  @Test
  void serverThatFallsSilentIsATimeout() throws IOException {
    against(
        (type, id, fields, out) -> type == Fxp.READ,
        sftp ->
            assertThatExceptionOfType(TransferException.Timeout.class)
                .isThrownBy(() -> sftp.download("f", local.resolve("f"))));
  }

  @Test
  void refusedWriteLeavesTheSessionInUse() throws IOException {
    Path source = Files.write(local.resolve("source"), CONTENT);
    AtomicInteger logins = new AtomicInteger();
    against(
        (type, id, fields, out) -> {
          if (type == Fxp.INIT) {
            logins.incrementAndGet();
          }
          if (type == Fxp.STAT) {
            ScriptedSftp.status(out, id, Status.NO_SUCH_FILE);
          }
          if (type == Fxp.WRITE) {
            ScriptedSftp.status(out, id, Status.PERMISSION_DENIED);
          }
          return type == Fxp.STAT || type == Fxp.WRITE;
        },
        sftp -> {
          assertThatExceptionOfType(TransferException.Refused.class)
              .isThrownBy(() -> sftp.upload(source, "x", TransferOptions.defaults()))
              .satisfies(e -> assertThat(e.code()).isEqualTo(Status.PERMISSION_DENIED));
          assertThat(sftp.stat("y")).isEmpty();
        });
    assertThat(logins).hasValue(1);
  }
}
