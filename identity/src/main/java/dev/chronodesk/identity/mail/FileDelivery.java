package dev.chronodesk.identity.mail;

import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Puts mails into a directory as {@code .eml} files, for desks without a mail server. They carry tokens: only ours. */
final class FileDelivery implements Delivery {

    private final Path directory;

    FileDelivery(Path directory) {
        this.directory = directory;
    }

    @Override
    public Outcome send(MimeMessage message, String name) {
        try {
            Files.createDirectories(directory);
            var file = directory.resolve(name + ".eml");
            var part = Files.createTempFile(directory, name, ".part", owner());
            try (var out = Files.newOutputStream(part)) {
                message.writeTo(out);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new Outcome.Sent("written to " + file);
        } catch (IOException | MessagingException e) {
            return new Outcome.NotNow(e.toString());
        }
    }

    private static java.nio.file.attribute.FileAttribute<?>[] owner() {
        if (!java.nio.file.FileSystems.getDefault()
                .supportedFileAttributeViews()
                .contains("posix")) return new java.nio.file.attribute.FileAttribute<?>[0];
        return new java.nio.file.attribute.FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        };
    }

    @Override
    public String where() {
        return "files in " + directory;
    }
}
