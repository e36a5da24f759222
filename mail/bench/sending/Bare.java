import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;

/** Angus Mail, bare: one session, one transport for each thread, kept open. */
final class Bare implements Bench.Load {
  private static final AtomicLong NUMBER = new AtomicLong();

  private final List<Transport> transports = new ArrayList<>();
  private Bench.Target target;
  private Session session;

  Bare(Path directory) {}

  @Override
  public void open(Bench.Target target) throws MessagingException {
    this.target = target;
    Properties settings = new Properties();
    settings.put("mail.smtp.host", target.host());
    settings.put("mail.smtp.port", Integer.toString(target.port()));
    settings.put("mail.smtp.connectiontimeout", "15000");
    settings.put("mail.smtp.timeout", "60000");
    settings.put("mail.smtp.writetimeout", "60000");
    // without these two it asks for this machine's name
    settings.put("mail.smtp.localhost", "bench.test");
    settings.put("mail.from", Bench.FROM);
    session = Session.getInstance(settings);
    for (int i = 0; i < target.connections(); i++) {
      Transport transport = session.getTransport("smtp");
      transports.add(transport);
      transport.connect();
    }
  }

  @Override
  public void send(int count) throws Exception {
    Bench.inThreads(
        target.connections(),
        count,
        thread -> {
          MimeMessage message = message();
          transports.get(thread).sendMessage(message, message.getAllRecipients());
        });
  }

  @Override
  public void close() throws MessagingException {
    List<Transport> all = List.copyOf(transports);
    transports.clear();
    for (Transport transport : all) {
      transport.close();
    }
  }

  private MimeMessage message() throws Exception {
    MimeMessage message = new MimeMessage(session);
    message.setFrom(new InternetAddress(Bench.FROM));
    message.setRecipient(Message.RecipientType.TO, new InternetAddress(Bench.TO));
    message.setSubject("Message " + NUMBER.incrementAndGet());
    message.setSentDate(new Date());
    if (target.attachment() == null) {
      message.setText(Bench.TEXT);
    } else {
      MimeBodyPart text = new MimeBodyPart();
      text.setText(Bench.TEXT);
      MimeBodyPart file = new MimeBodyPart();
      // told the encoding, it does not read the file once more to find out
      file.attachFile(target.attachment().toFile(), "application/octet-stream", "base64");
      message.setContent(new MimeMultipart(text, file));
    }
    message.saveChanges();
    return message;
  }
}
