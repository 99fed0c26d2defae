// Command gin is a service of examples from gin's documentation. It listens on
// $PORT, as gin does by itself.
package main

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

// Login binds from JSON.
type Login struct {
	User     string `form:"user" json:"user" binding:"required"`
	Password string `form:"password" json:"password" binding:"required"`
}

func main() {
	router := gin.Default()
	router.GET("/ping", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"message": "pong"})
	})
	router.GET("/user/:name", func(c *gin.Context) {
		name := c.Param("name")
		c.String(http.StatusOK, "Hello %s", name)
	})
	router.GET("/user/:name/*action", func(c *gin.Context) {
		c.String(http.StatusOK, c.Param("name")+" is "+c.Param("action"))
	})
	router.GET("/welcome", func(c *gin.Context) {
		firstname := c.DefaultQuery("firstname", "Guest")
		lastname := c.Query("lastname")
		c.String(http.StatusOK, "Hello %s %s", firstname, lastname)
	})
	router.POST("/loginJSON", func(c *gin.Context) {
		var json Login
		if err := c.ShouldBindJSON(&json); err != nil {
			c.JSON(http.StatusBadRequest, gin.H{"error": err.Error()})
			return
		}
		if json.User != "manu" || json.Password != "123" {
			c.JSON(http.StatusUnauthorized, gin.H{"status": "unauthorized"})
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "you are logged in"})
	})
	router.POST("/form_post", func(c *gin.Context) {
		c.JSON(http.StatusOK, gin.H{"message": c.PostForm("message"), "nick": c.DefaultPostForm("nick", "anonymous")})
	})
	router.GET("/panic", func(*gin.Context) { panic("test") })
	router.Run()
}
