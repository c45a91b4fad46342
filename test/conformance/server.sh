# Sourced by a suite's runner, from the top of the project. begin PACKAGE builds
# that Go program and starts it; it prints where it listens, which is then in
# $place. $work is a folder of this run. Both are gone when the runner ends.
work=$(mktemp -d)
server=
stop() {
	exec 3>&- || true
	[ -z "$server" ] || wait "$server" || true
	rm -rf "$work"
}
trap stop EXIT

begin() {
	mkfifo "$work/in"
	go build -o "$work/server" "$1"
	"$work/server" <"$work/in" >"$work/out" &
	server=$!
	exec 3>"$work/in" # closing it ends the server
	until [ -s "$work/out" ]; do
		kill -0 "$server" 2>/dev/null || { echo 'the server did not start'; exit 1; }
		sleep 0.2
	done
	place=$(head -n 1 "$work/out")
}
