import jakarta.mail.FetchProfile;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.eclipse.angus.mail.imap.IMAPFolder;

/** Angus Mail, bare, over one connection that is kept. */
abstract class Angus implements Reading.Load {
  private final Properties settings = new Properties();
  private Store store;

  Angus() {
    settings.put("mail.imap.peek", "true");
    settings.put("mail.imap.connectiontimeout", "15000");
    settings.put("mail.imap.timeout", "60000");
    settings.put("mail.imap.writetimeout", "60000");
  }

  void set(String name, String value) {
    settings.put(name, value);
  }

  /** Asks for what will be looked at of these; nothing unless it is more than one at a time. */
  void ahead(Folder folder, Message[] messages, FetchProfile.Item... items) throws Exception {}

  @Override
  public void open(String host, int port) throws Exception {
    store = Session.getInstance(settings).getStore("imap");
    store.connect(host, port, Reading.USER, Reading.PASSWORD);
  }

  private interface Work {
    void on(Message message) throws Exception;
  }

  private int each(String name, int count, Work work, FetchProfile.Item... items) throws Exception {
    int done = 0;
    Folder folder = store.getFolder(name);
    folder.open(Folder.READ_ONLY);
    try {
      for (int from = 1; from <= count; from += 500) {
        Message[] messages = folder.getMessages(from, Math.min(count, from + 499));
        ahead(folder, messages, items);
        for (Message message : messages) {
          work.on(message);
          ((org.eclipse.angus.mail.imap.IMAPMessage) message).invalidateHeaders(); // and content
          done++;
        }
      }
    } finally {
      folder.close(false);
    }
    return done;
  }

  @Override
  public int list(String folder, int count) throws Exception {
    return each(
        folder,
        count,
        message -> {
          if (message.getFrom() == null
              || message.getSubject() == null
              || message.getSentDate() == null
              || message.getSize() <= 0) {
            throw new IOException("a message is empty");
          }
        },
        FetchProfile.Item.ENVELOPE,
        UIDFolder.FetchProfileItem.UID,
        FetchProfile.Item.FLAGS,
        FetchProfile.Item.SIZE);
  }

  @Override
  public int fetch(String folder, int count) throws Exception {
    return each(
        folder,
        count,
        message -> message.writeTo(OutputStream.nullOutputStream()),
        IMAPFolder.FetchProfileItem.MESSAGE,
        UIDFolder.FetchProfileItem.UID);
  }

  @Override
  public int parse(String folder, int count) throws Exception {
    return each(
        folder,
        count,
        message -> {
          if (message.getContent() == null || message.getSubject() == null) {
            throw new IOException("a message is empty");
          }
        },
        IMAPFolder.FetchProfileItem.MESSAGE,
        UIDFolder.FetchProfileItem.UID);
  }

  @Override
  public Path attachment(String folder, Path directory) throws Exception {
    Path file = directory.resolve("attachment");
    each(
        folder,
        1,
        message -> {
          Multipart parts = (Multipart) message.getContent();
          Part attached = parts.getBodyPart(parts.getCount() - 1);
          try (InputStream in = attached.getInputStream()) {
            Files.copy(in, file);
          }
        });
    return file;
  }

  @Override
  public void close() throws Exception {
    if (store != null) {
      store.close();
      store = null;
    }
  }
}

/** As it does by itself: each message when it is asked for. */
final class Lazy extends Angus {
  Lazy(Path directory) {}
}

/** 500 messages at once, and parts of messages in pieces of 1 MiB. */
final class Batched extends Angus {
  Batched(Path directory) {
    set("mail.imap.fetchsize", "1048576");
  }

  @Override
  void ahead(Folder folder, Message[] messages, FetchProfile.Item... items) throws Exception {
    FetchProfile profile = new FetchProfile();
    for (FetchProfile.Item item : items) {
      profile.add(item);
    }
    folder.fetch(messages, profile);
  }
}
