import io.waybill.mail.MailAccount;
import io.waybill.mail.MailSecurity;
import io.waybill.mail.MailSender;
import io.waybill.mail.Message;
import io.waybill.mail.SendLimits;
import io.waybill.mail.SendReport;
import io.waybill.mail.mime.MessagePreparer;
import io.waybill.mail.smtp.SmtpSender;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicLong;

/** Ours without the outbox: as many threads as connections share one sender. */
final class Direct implements Bench.Load {
  private static final AtomicLong NUMBER = new AtomicLong();

  private Bench.Target target;
  private MailSender sender;

  Direct(Path directory) {}

  @Override
  public void open(Bench.Target target) {
    this.target = target;
    // the largest attachment is beyond what is composed unless told otherwise
    MessagePreparer preparer = MessagePreparer.builder().maxSizeBytes(4L << 30).build();
    sender = SmtpSender.lazy(account(target), preparer, Clock.systemUTC());
  }

  @Override
  public void send(int count) throws Exception {
    Bench.inThreads(
        target.connections(),
        count,
        thread -> {
          SendReport report = sender.send(message(target));
          if (!report.isComplete()) {
            throw new IllegalStateException(report.toString());
          }
        });
  }

  @Override
  public void close() {
    if (sender != null) {
      sender.close();
      sender = null;
    }
  }

  static MailAccount account(Bench.Target target) {
    return MailAccount.builder()
        .host(target.host())
        .port(target.port())
        .security(MailSecurity.PLAINTEXT)
        .limits(
            SendLimits.builder()
                .connections(target.connections())
                .messagesPerConnection(1_000_000)
                .build())
        .build();
  }

  static Message message(Bench.Target target) {
    Message.Builder message =
        Message.builder()
            .from(Bench.FROM)
            .to(Bench.TO)
            .subject("Message " + NUMBER.incrementAndGet())
            .text(Bench.TEXT);
    if (target.attachment() != null) {
      message.attach(target.attachment());
    }
    return message.build();
  }
}
