package io.waybill.transfer.tcp.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/** Keeps a server's own identity in one file, whole or not at all. */
final class IdentityFile {
  // file locks are the process's: threads of one process exclude each other by this
  private static final Object IN_PROCESS = new Object();
  private static final int LONGEST_NAME = 64;

  private final Path directory;
  private final Path file;
  private final SecureRandom random;

  IdentityFile(Path directory, SecureRandom random) {
    this.directory = directory;
    this.file = directory.resolve("identity.pem");
    this.random = random;
  }

  Identity loadOrMake(String name, InstantSource clock) throws IOException {
    if (Files.exists(file)) {
      return load();
    }
    if (name.isBlank() || name.length() > LONGEST_NAME) {
      throw new IdentityException(
          "the common name of a certificate has 1 to 64 characters, this one has " + name.length());
    }
    Files.createDirectories(directory);
    synchronized (IN_PROCESS) {
      try (FileChannel channel = open(directory.resolve("identity.lock"), false);
          var lock = channel.lock()) {
        if (!Files.exists(file)) {
          write(make(name, clock));
        }
        return load();
      }
    }
  }

  private Identity load() throws IOException {
    refuseOpenToOthers(file, false);
    Pem pem = Pem.read(file);
    return Identity.checked(pem.privateKey(), pem.certificates(), file, file);
  }

  private Identity make(String name, InstantSource clock) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair keys = generator.generateKeyPair();
      X509Certificate certificate = SelfSigned.make(keys, name, clock.instant(), random);
      return new Identity(keys.getPrivate(), List.of(certificate), file);
    } catch (GeneralSecurityException e) {
      throw new IdentityException("this JDK cannot make an EC P-256 certificate", e);
    }
  }

  private void write(Identity identity) throws IOException {
    Path temporary = directory.resolve("identity.pem.new");
    Files.deleteIfExists(temporary); // of a process that died; the lock is held
    try (FileChannel out = open(temporary, true)) {
      ByteBuffer bytes = ByteBuffer.wrap(text(identity).getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    if (posix(directory)) { // elsewhere a directory cannot be opened
      try (FileChannel entry = FileChannel.open(directory, StandardOpenOption.READ)) {
        entry.force(true);
      }
    }
  }

  private static String text(Identity identity) throws IOException {
    try {
      return Pem.write("PRIVATE KEY", identity.key().getEncoded())
          + Pem.write("CERTIFICATE", identity.certificate().getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IdentityException("the new certificate cannot be written as PEM", e);
    }
  }

  private FileChannel open(Path path, boolean fresh) throws IOException {
    Set<StandardOpenOption> options =
        Set.of(
            StandardOpenOption.WRITE,
            fresh ? StandardOpenOption.CREATE_NEW : StandardOpenOption.CREATE);
    FileAttribute<?>[] ownerOnly =
        posix(directory)
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            }
            : new FileAttribute<?>[0];
    return FileChannel.open(path, options, ownerOnly);
  }

  private static boolean posix(Path path) throws IOException {
    return Files.getFileStore(path).supportsFileAttributeView("posix");
  }

  /** Refuses a key's file that others may touch; file systems without POSIX modes cannot tell. */
  static void refuseOpenToOthers(Path file, boolean groupMayRead) throws IOException {
    if (!Files.exists(file)) {
      throw Pem.missing(file, null);
    }
    if (!Files.isRegularFile(file)) {
      throw new FileSystemException(file.toString(), null, "is not a file that can be read");
    }
    if (!posix(file)) {
      return;
    }
    Set<PosixFilePermission> modes = Files.getPosixFilePermissions(file);
    for (PosixFilePermission mode : modes) {
      boolean owner = mode.name().startsWith("OWNER_");
      if (!owner && !(groupMayRead && mode == PosixFilePermission.GROUP_READ)) {
        throw new IdentityException(
            file
                + " holds a private key and is open to others ("
                + PosixFilePermissions.toString(modes)
                + "); if nobody else can have read it: chmod 600 "
                + file);
      }
    }
  }
}
