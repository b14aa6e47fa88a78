DELETE FROM visit WHERE hour < $1
