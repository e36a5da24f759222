package io.waybill.mail.oauth;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps refresh tokens for a test, or refuses to. */
final class MemoryStore implements RefreshTokenStore {
  private final List<String> saved = new CopyOnWriteArrayList<>();
  private volatile String token;
  private volatile boolean broken;

  MemoryStore(String first) {
    token = first;
  }

  @Override
  public Optional<String> load() {
    return token.isEmpty() ? Optional.empty() : Optional.of(token);
  }

  @Override
  public void save(String next) throws IOException {
    if (broken) {
      throw new IOException("the disk is full");
    }
    saved.add(next);
    token = next;
  }

  void put(String other) {
    token = other;
  }

  void breaks(boolean now) {
    broken = now;
  }

  List<String> saved() {
    return saved;
  }

  @Override
  public String toString() {
    return "the test's store";
  }
}
