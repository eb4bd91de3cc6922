# Runs inside a sandbox that has no Python: perl bridge.pl SOCKET PORT -- command ...
# Listens on 127.0.0.1:PORT and passes every connection to a UNIX socket; becomes the command meanwhile.
use strict;
use warnings;
use Socket;
use IO::Socket::INET;
use IO::Socket::UNIX;
use POSIX ();

my ($path, $port, undef, @command) = @ARGV;
my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $port, Listen => 128, ReuseAddr => 1)
    or die "bridge: $!\n";

sub relay {
    my ($source, $target) = @_;
    my $data;
    while (sysread($source, $data, 65536)) {
        my $at = 0;
        while ($at < length $data) {
            my $count = syswrite($target, $data, length($data) - $at, $at);
            return unless defined $count;
            $at += $count;
        }
    }
    shutdown($target, 1);
}

# One process a direction: plain, and enough for the few connections that a package client makes.
sub serve {
    my ($near) = @_;
    my $far = IO::Socket::UNIX->new(Peer => $path, Type => SOCK_STREAM) or POSIX::_exit(0);
    my $child = fork();
    POSIX::_exit(1) unless defined $child;
    if ($child) { relay($near, $far); waitpid($child, 0); }
    else { relay($far, $near); }
    POSIX::_exit(0);
}

if (fork() == 0) {
    if (fork() == 0) {
        POSIX::setsid();
        open(STDIN, '<', '/dev/null');
        open(STDOUT, '>', '/dev/null');
        open(STDERR, '>', '/dev/null');
        $SIG{CHLD} = 'IGNORE';
        while (1) {
            my $near = $listener->accept() or next;
            my $child = fork();
            if (defined $child && $child == 0) { $SIG{CHLD} = 'DEFAULT'; close $listener; serve($near); }
            close $near;
        }
    }
    POSIX::_exit(0);
}
wait();
close $listener;
{ no warnings 'exec'; exec { $command[0] } @command; }
print STDERR "$command[0]: $!\n";
POSIX::_exit($!{ENOENT} ? 127 : 126);
