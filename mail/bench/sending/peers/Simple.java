import jakarta.activation.FileDataSource;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.simplejavamail.api.email.EmailPopulatingBuilder;
import org.simplejavamail.api.mailer.Mailer;
import org.simplejavamail.api.mailer.config.TransportStrategy;
import org.simplejavamail.email.EmailBuilder;
import org.simplejavamail.mailer.MailerBuilder;

/** Simple Java Mail with its batch module: as many threads as connections share one mailer. */
final class Simple implements Bench.Load {
  private static final AtomicLong NUMBER = new AtomicLong();

  private Bench.Target target;
  private Mailer mailer;

  Simple(Path directory) {}

  @Override
  public void open(Bench.Target target) {
    this.target = target;
    mailer =
        MailerBuilder.withSMTPServer(target.host(), target.port())
            .withTransportStrategy(TransportStrategy.SMTP)
            .withSessionTimeout(60_000)
            .withConnectionPoolCoreSize(target.connections())
            .withConnectionPoolMaxSize(target.connections())
            .withConnectionPoolExpireAfterMillis((int) TimeUnit.HOURS.toMillis(1))
            .buildMailer();
  }

  @Override
  public void send(int count) throws Exception {
    Bench.inThreads(
        target.connections(),
        count,
        thread -> {
          EmailPopulatingBuilder email =
              EmailBuilder.startingBlank()
                  .from(Bench.FROM)
                  .to(Bench.TO)
                  .withSubject("Message " + NUMBER.incrementAndGet())
                  .withPlainText(Bench.TEXT);
          if (target.attachment() != null) {
            email.withAttachment("attached", new FileDataSource(target.attachment().toFile()));
          }
          mailer.sendMail(email.buildEmail()).get();
        });
  }

  @Override
  public void close() throws Exception {
    if (mailer != null) {
      mailer.shutdownConnectionPool().get();
      mailer.close();
      mailer = null;
    }
  }
}
