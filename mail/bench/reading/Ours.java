import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.imap.FetchSpec;
import io.waybill.mail.imap.MailboxReader;
import io.waybill.mail.inbox.AttachmentFiles;
import io.waybill.mail.inbox.InboundHandler;
import io.waybill.mail.inbox.InboundMail;
import io.waybill.mail.inbox.PollSpec;
import io.waybill.mail.inbox.StartFrom;
import io.waybill.mail.ledger.JdbcLedger;
import io.waybill.mail.mime.MimeLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Ours, over one connection. */
final class Ours implements Reading.Load {
  // the largest attachment is beyond what is read unless told otherwise
  private static final MimeLimits LIMITS = MimeLimits.builder().messageBytes(4L << 30).build();

  private final Path directory;
  private MailboxReader reader;

  Ours(Path directory) {
    this.directory = directory;
  }

  @Override
  public void open(String host, int port) {
    reader =
        MailboxReader.connect(
            MailAccount.builder()
                .host(host)
                .port(port)
                .security(MailSecurity.PLAINTEXT)
                .user(Reading.USER)
                .password(() -> Reading.PASSWORD)
                .build());
  }

  private static FetchSpec first(String folder, int count) {
    return FetchSpec.builder().folder(folder).limit(count).build();
  }

  @Override
  public int list(String folder, int count) {
    int listed = 0;
    for (InboundMail mail : reader.heads(first(folder, count))) {
      if (!mail.mail().from().isEmpty()
          && !mail.mail().subject().isEmpty()
          && mail.mail().date().isPresent()
          && mail.facts().sizeBytes() > 0) {
        listed++;
      }
    }
    return listed;
  }

  @Override
  public int fetch(String folder, int count) {
    return each(
        folder,
        count,
        mail -> {
          try (InputStream in = mail.open()) {
            if (in.transferTo(OutputStream.nullOutputStream()) != mail.facts().sizeBytes()) {
              throw new IOException(mail + " has another size than was said");
            }
          }
        });
  }

  @Override
  public int parse(String folder, int count) {
    return each(folder, count, Ours::touch);
  }

  private static void touch(InboundMail mail) throws IOException {
    if (mail.mail().text().isEmpty() && mail.mail().attachments().isEmpty()) {
      throw new IOException(mail + " is empty");
    }
  }

  @Override
  public Path attachment(String folder, Path directory) throws IOException {
    AttachmentFiles files = AttachmentFiles.in(directory, Long.MAX_VALUE);
    List<Path> saved = new ArrayList<>();
    each(folder, 1, mail -> saved.addAll(files.save(mail.mail(), false)));
    return saved.get(0);
  }

  @Override
  public void files(String folder, int count, Path directory) throws IOException {
    AttachmentFiles files = AttachmentFiles.in(directory, Long.MAX_VALUE);
    each(
        folder,
        count,
        mail -> {
          try (InputStream in = mail.open()) {
            files.save(mail.uid() + ".eml", in);
          }
        });
  }

  private interface Work {
    void on(InboundMail mail) throws IOException;
  }

  private int each(String folder, int count, Work work) {
    return reader.each(
        folder,
        reader.find(first(folder, count)),
        LIMITS,
        mail -> {
          try {
            work.on(mail);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  public int poll(String folder) throws Exception {
    return poll(folder, StartFrom.ALL, (mail, ack) -> touch(mail));
  }

  @Override
  public int now(String folder) throws Exception {
    return poll(folder, StartFrom.NOW, (mail, ack) -> touch(mail));
  }

  /** With a ledger of its own, in an H2 file opened as the scheduler's store is. */
  private int poll(String folder, StartFrom from, InboundHandler handler) throws Exception {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(
        "jdbc:h2:retry:"
            + Files.createTempDirectory(directory, "ledger").resolve("store")
            + ";WRITE_DELAY=0;DB_CLOSE_ON_EXIT=FALSE");
    config.setUsername("sa");
    AtomicInteger handled = new AtomicInteger();
    try (HikariDataSource pool = new HikariDataSource(config)) {
      JdbcLedger ledger =
          JdbcLedger.open(pool, "bench/1", Duration.ofMinutes(2), Clock.systemUTC());
      reader.poll(
          PollSpec.builder().folder(folder).from(from).build(),
          ledger,
          (mail, ack) -> {
            handler.handle(mail, ack);
            handled.incrementAndGet();
          });
    }
    return handled.get();
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
      reader = null;
    }
  }
}
